import {
  type Bot,
  type Channel,
  createBot,
  type Dialog,
  dialog,
  type IncomingMessage,
  memory,
  type Store,
  slot,
} from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { context, metrics, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'

const refund = dialog({
  name: 'refund',
  start: 'refund',
  slots: {
    email: slot.email({ ask: 'Which email did you use?', pii: true }),
    reason: slot.choice(['damaged', 'late'], { ask: 'What went wrong?' }),
  },
  async run(d) {
    const email = await d.ask('email')
    const reason = await d.ask('reason')
    await d.step('look up', { email }, () => {
      trace.getTracer('shop').startSpan('query').end()
    })
    await d.commit('refund', { email, reason }, () => 'R1')
    d.say(`Done, we have written to ${email}.`)
  },
})
const broken = dialog({
  name: 'broken',
  start: 'broken',
  slots: { email: slot.email({ ask: 'Email?', pii: true }) },
  async run(d) {
    const email = await d.ask('email')
    const request = { body: `for ${email}` }
    throw Object.assign(new Error(`"break it for Anna@Example.com" and ${email} failed`), { request })
  },
})
const complain = dialog({ name: 'complain', start: 'complain', run: (d) => d.handoff('a complaint') })

const classifier = byPattern({ refund: /money back/, broken: /break/, complain: /complain/ })
const conversation = ['I want my money back', 'I am anna@example.com', 'late', 'gibberish about zebras', 'I complain']
const private_ = /money|anna|example\.com|zebra|gibberish|went wrong|damaged|written to|\[email\]/i

function channel(refuse = false) {
  const sent: string[] = []
  const made = {
    name: 'test',
    refuse,
    async start() {},
    async stop() {},
    async send(_address: unknown, { parts }: { parts: { type: string }[] }) {
      if (made.refuse) throw Object.assign(new Error('the remote service is down'), { request: { parts } })
      for (const part of parts) if ('text' in part) sent.push(String(part.text))
    },
  } satisfies Channel & { refuse: boolean }
  return { channel: made, sent }
}

function botOf(to: Channel, store: Store = memory(), log = pino({ level: 'silent' }), dialogs: Dialog[] = []): Bot {
  return createBot({ dialogs: [refund, broken, complain, ...dialogs], classifier, store, channels: [to], log })
}

let count = 0
const message = (text: string): IncomingMessage => ({
  ...{ id: `m${++count}`, channel: 'test', conversation: 'c1', person: 'p1', text, address: null },
})

async function talk(bot: Bot, texts: string[]): Promise<void> {
  await bot.start()
  for (const text of texts) await bot.receive(message(text)).catch(() => {})
  await bot.stop()
}

/** Registers an SDK as an application would. */
function sdk(sampler?: Sampler) {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor(exporter)]
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors, ...(sampler && { sampler }) }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  return {
    spans: () => exporter.getFinishedSpans(),
    /** What an instrument has counted, or how often it has measured, by attributes. */
    async points(name: string): Promise<[Record<string, unknown>, number][]> {
      await reader.forceFlush()
      const scopes = measured.getMetrics().at(-1)?.scopeMetrics ?? []
      const found = scopes.flatMap((scope) => scope.metrics).find((one) => one.descriptor.name === name)
      return (found?.dataPoints ?? []).map(({ attributes, value }) => [
        attributes,
        typeof value === 'number' ? value : value.count,
      ])
    },
    stop: () => reader.shutdown(),
  }
}

const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId
const turnsOf = (spans: ReadableSpan[]) => spans.filter((span) => span.name === 'colloquy.turn')
const under = (spans: ReadableSpan[], parent: ReadableSpan | undefined) =>
  spans.filter((span) => parentOf(span) === parent?.spanContext().spanId).map((span) => span.name)

afterEach(() => {
  trace.disable()
  metrics.disable()
  context.disable()
})

describe('traces', () => {
  it('have a span for each turn, with one for each stage under it', async () => {
    const { spans } = sdk()
    await talk(botOf(channel().channel), conversation)
    const turns = turnsOf(spans())
    expect(turns.map((span) => span.attributes)).toEqual([
      {
        'colloquy.channel': 'test',
        'colloquy.conversation': 'c1',
        'colloquy.decision': 'open',
        'colloquy.dialog': 'refund',
        'colloquy.intent': 'refund',
        'colloquy.confidence': 0.95,
        'colloquy.out_of_scope': false,
      },
      expect.objectContaining({ 'colloquy.decision': 'answer', 'colloquy.dialog': 'refund' }),
      expect.objectContaining({ 'colloquy.decision': 'answer' }),
      expect.objectContaining({ 'colloquy.decision': 'fallback', 'colloquy.out_of_scope': true }),
      expect.objectContaining({ 'colloquy.decision': 'open', 'colloquy.dialog': 'complain' }),
    ])
    const stages = ['load', 'decide', 'understand', 'decide', 'apply', 'run', 'save', 'deliver']
    expect(under(spans(), turns[0])).toEqual(stages.map((stage) => `colloquy.${stage}`))
    expect(under(spans(), turns[1])).not.toContain('colloquy.understand')
  })

  it('join what surrounds them and what dialogs call', async () => {
    const { spans } = sdk()
    const bot = botOf(channel().channel)
    await bot.start()
    await trace.getTracer('http').startActiveSpan('POST /messages', async (request) => {
      for (const text of conversation.slice(0, 3)) await bot.receive(message(text))
      request.end()
    })
    await bot.stop()
    const named = (name: string) => spans().find((span) => span.name === name)
    expect(under(spans(), named('POST /messages'))).toEqual(['colloquy.turn', 'colloquy.turn', 'colloquy.turn'])
    const run = spans().find((span) => span.spanContext().spanId === parentOf(named('query')))
    expect(run?.name).toBe('colloquy.run')
    expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1)
  })

  it('hold no word of the customer or the bot, also where things fail', async () => {
    const { spans, points } = sdk()
    await talk(botOf(channel().channel), [...conversation, 'bot', 'break it for Anna@Example.com'])
    await talk(botOf(channel(true).channel), conversation)
    expect(turnsOf(spans())).toHaveLength(12)
    const failed = turnsOf(spans()).filter((span) => span.status.code === SpanStatusCode.ERROR)
    expect(failed).toHaveLength(5)
    expect(failed[0]?.attributes['error.type']).toBe('Error')
    const told = spans().map(({ name, attributes, events, status, links }) => [name, attributes, events, status, links])
    expect(JSON.stringify(told)).not.toMatch(private_)
    for (const name of ['turns', 'turn.duration', 'fallbacks', 'handoffs', 'confidence'])
      expect(JSON.stringify(await points(`colloquy.${name}`))).not.toMatch(private_)
  })

  it('cost no child spans where the turn is not sampled, and pass that on', async () => {
    const { spans } = sdk(new AlwaysOffSampler())
    let seen: ReturnType<typeof trace.getActiveSpan>
    const look = dialog({
      name: 'look',
      start: [],
      run: (d) => {
        seen = trace.getActiveSpan()
        d.say('Seen.')
      },
    })
    const greet = { ...look, name: 'greet' } as Dialog
    await talk(botOf(channel().channel, memory(), undefined, [greet]), ['hello'])
    expect(spans()).toEqual([])
    expect(seen?.isRecording()).toBe(false)
    expect(trace.isSpanContextValid(seen?.spanContext() ?? { traceId: '', spanId: '', traceFlags: 0 })).toBe(true)
  })
})

describe('metrics', () => {
  it('count turns by decision and channel, fallbacks and handoffs, and measure confidence, lag and stages', async () => {
    const { points } = sdk()
    await talk(botOf(channel().channel), conversation)
    expect(await points('colloquy.turns')).toEqual([
      [{ channel: 'test', decision: 'open' }, 2],
      [{ channel: 'test', decision: 'answer' }, 2],
      [{ channel: 'test', decision: 'fallback' }, 1],
    ])
    expect(await points('colloquy.fallbacks')).toEqual([[{ channel: 'test' }, 1]])
    expect(await points('colloquy.handoffs')).toEqual([[{ channel: 'test' }, 1]])
    expect(await points('colloquy.confidence')).toEqual([
      [{ out_of_scope: false }, 2],
      [{ out_of_scope: true }, 1],
    ])
    expect(await points('colloquy.intents')).toEqual([
      [{ intent: 'refund', out_of_scope: false }, 1],
      [{ intent: 'refund', out_of_scope: true }, 1],
      [{ intent: 'complain', out_of_scope: false }, 1],
    ])
    for (const name of ['margin', 'scope.score']) expect(await points(`colloquy.${name}`)).toEqual([[{}, 3]])
    expect(await points('colloquy.queue.lag')).toEqual([[{ channel: 'test' }, 5]])
    const turns = await points('colloquy.turn.duration')
    expect(turns.reduce((sum, [, measured]) => sum + measured, 0)).toBe(5)
    const stages = await points('colloquy.stage.duration')
    expect(stages.map(([{ stage }]) => stage)).toEqual([
      ...['load', 'decide', 'understand', 'apply', 'run', 'save', 'deliver'],
    ])
  })

  it('count replies that a channel refused', async () => {
    const { points } = sdk()
    await talk(botOf(channel(true).channel), ['I want my money back'])
    expect(await points('colloquy.delivery.failures')).toEqual([[{ channel: 'test' }, 1]])
  })

  it('count a turn once that had to start over because another process was faster', async () => {
    const { points, spans } = sdk()
    const inner = memory()
    let raced = false
    const store: Store = {
      ...inner,
      async save(commit) {
        if (raced) return inner.save(commit)
        raced = true
        return false
      },
    }
    await talk(botOf(channel().channel, store), ['I want my money back'])
    expect(await points('colloquy.turns')).toEqual([[{ channel: 'test', decision: 'open' }, 1]])
    expect(under(spans(), turnsOf(spans())[0]).filter((name) => name === 'colloquy.save')).toHaveLength(2)
  })

  it('are counted for a bot that was made before the SDK was registered', async () => {
    const bot = botOf(channel().channel)
    const { points } = sdk()
    await talk(bot, ['I want my money back'])
    expect(await points('colloquy.turns')).toEqual([[{ channel: 'test', decision: 'open' }, 1]])
  })
})

describe('the technical log', () => {
  it('names the conversation, and repeats no word of the customer at level info and above', async () => {
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    await talk(botOf(channel().channel, memory(), log), ['break it for Anna@Example.com', ...conversation])
    await talk(botOf(channel(true).channel, memory(), log), conversation)
    const read = lines.map((line) => JSON.parse(line))
    expect(read[0]).toMatchObject({ level: 50, conversation: 'c1', dialog: 'broken' })
    expect(read[0].msg).toBe('dialog failed: "[message]" and [email] failed')
    expect(read[0].err).toMatchObject({ type: 'Error', stack: expect.stringContaining('telemetry.test') })
    expect(read.filter((line) => line.err.message === 'the remote service is down').length).toBeGreaterThan(0)
    for (const line of lines) expect(line.replaceAll('[email]', '')).not.toMatch(private_)
  })
})
