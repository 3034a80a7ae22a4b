import { type Context, context, createNoopMeter, metrics, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { type Decision, nameOf, type Situation } from './decide.js'
import { ColloquyError } from './errors.js'
import type { LogEvent } from './log/event.js'
import type { Secrets } from './log/mask.js'
import { marginOf } from './log/review.js'
import type { IncomingMessage } from './message.js'

/** Name of the tracer and of the meter. */
const SCOPE = '@colloquy/core'
/** Bounds of the histograms: milliseconds, standard deviations, and probabilities. */
const MILLISECONDS = [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000]
const DEVIATIONS = [-4, -3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1]
const PROBABILITIES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]

/** The parts of a turn, in the order in which they begin. */
export type Stage = 'load' | 'transcribe' | 'decide' | 'understand' | 'apply' | 'run' | 'save' | 'deliver'

/** What was decided in a turn, and from what. */
export interface Decided {
  situation: Situation
  decision: Decision
  /** The dialog that goes on after it. */
  dialog: string | undefined
  /** Personal values: nothing of them may be shown. */
  secrets: Secrets
}

/** What is known of a turn when it has ended. */
export interface TurnRecord {
  readonly message: IncomingMessage
  /** When it began, in milliseconds since 1970, and what it took, in milliseconds. */
  readonly started: number
  readonly took: number
  /** Milliseconds by stage; the sum, where a stage ran more than once. */
  readonly stages: ReadonlyMap<Stage, number>
  /** Undefined for a duplicate, a rating, and a message that never got so far. */
  readonly decided: Decided | undefined
  /** A kind of error, where the turn ended in one. */
  readonly failed: string | undefined
}

/** What a turn reports to while it runs. */
export interface TurnTrace {
  stage<T>(name: Stage, work: () => T | Promise<T>): T | Promise<T>
  decide(decided: Decided): void
}

/** For when nobody listens. */
const SILENT: TurnTrace = { stage: (_name, work) => work(), decide() {} }

/**
 * What a bot tells about its turns: spans and metrics for whatever OpenTelemetry SDK the application has registered, and
 * records for an observer. Conversations are named by their id; texts and personal values stay inside.
 */
export class Telemetry {
  private made: Instruments | undefined

  constructor(
    private readonly now: () => number,
    private readonly observe?: (record: TurnRecord) => void,
  ) {}

  /** Follows a message's turn and the delivery of what it has said. */
  turn<T>(message: IncomingMessage, work: (trace: TurnTrace) => Promise<T>): Promise<T> {
    const span = trace.getTracer(SCOPE).startSpan('colloquy.turn')
    const listened = this.observe || this.instruments.heard || trace.isSpanContextValid(span.spanContext())
    if (!listened) return work(SILENT)
    return new FollowedTurn(message, this.now(), span, this.instruments).follow(work, this.observe)
  }

  /** Counts what a saved turn has logged: a turn that starts over after a conflict is counted once. */
  count(events: readonly LogEvent[]): void {
    if (!this.instruments.heard) return
    const { turns, confidence, intents, margin, scope, fallbacks, handoffs } = this.instruments
    for (const event of events) {
      const { channel } = event
      if (event.type === 'handoff' && event.event === 'asked') handoffs.add(1, { channel })
      if (event.type !== 'customer') continue
      turns.add(1, { channel, decision: event.decision })
      if (event.decision === 'fallback') fallbacks.add(1, { channel })
      const { understanding } = event
      if (!understanding) continue
      const verdict = { out_of_scope: understanding.outOfScope }
      confidence.record(understanding.confidence, verdict)
      // An answer to a question tells nothing of what people come for.
      if (event.decision === 'answer') continue
      intents.add(1, { intent: understanding.intent, ...verdict })
      margin.record(marginOf(understanding))
      if (understanding.score !== undefined) scope.record(understanding.score)
    }
  }

  undelivered(channel: string): void {
    this.instruments.undelivered.add(1, { channel })
  }

  /** Made at the first turn: an instrument that is made before the application registers its SDK counts nothing, ever. */
  private get instruments(): Instruments {
    this.made ??= instruments()
    return this.made
  }
}

class FollowedTurn implements TurnTrace, TurnRecord {
  readonly stages = new Map<Stage, number>()
  took = 0
  decided: Decided | undefined
  failed: string | undefined
  private readonly context: Context

  constructor(
    readonly message: IncomingMessage,
    readonly started: number,
    private readonly span: Span,
    private readonly instruments: Instruments,
  ) {
    const { channel, conversation, received } = message
    span.setAttributes({ 'colloquy.channel': channel, 'colloquy.conversation': conversation })
    this.context = trace.setSpan(context.active(), span)
    if (received !== undefined) instruments.lag.record(Math.max(0, started - received), { channel })
  }

  decide(decided: Decided): void {
    this.decided = decided
  }

  async follow<T>(work: (trace: TurnTrace) => Promise<T>, observe?: (record: TurnRecord) => void): Promise<T> {
    const start = performance.now()
    try {
      return await context.with(this.context, work, undefined, this)
    } catch (error) {
      this.failed = fail(this.span, error)
      throw error
    } finally {
      this.took = performance.now() - start
      const { message, decided, took } = this
      const decision = decided ? nameOf(decided.decision) : 'none'
      this.instruments.turnTime.record(took, { channel: message.channel, decision })
      if (decided) this.span.setAttributes(attributesOf(decided))
      this.span.end()
      observe?.(this)
    }
  }

  async stage<T>(name: Stage, work: () => T | Promise<T>): Promise<T> {
    const span = trace.getTracer(SCOPE).startSpan(`colloquy.${name}`, {}, this.context)
    const start = performance.now()
    try {
      return await context.with(trace.setSpan(this.context, span), work)
    } catch (error) {
      fail(span, error)
      throw error
    } finally {
      const took = performance.now() - start
      this.stages.set(name, (this.stages.get(name) ?? 0) + took)
      this.instruments.stageTime.record(took, { stage: name })
      span.end()
    }
  }
}

function attributesOf({ decision, dialog, situation: { classification } }: Decided) {
  return {
    'colloquy.decision': nameOf(decision),
    ...(dialog !== undefined && { 'colloquy.dialog': dialog }),
    ...(classification && {
      'colloquy.intent': classification.intent,
      'colloquy.confidence': classification.confidence,
      'colloquy.out_of_scope': classification.outOfScope,
    }),
  }
}

/** Names the kind of error only: its message may quote the customer. */
function fail(span: Span, error: unknown): string {
  const type = error instanceof ColloquyError ? error.code : error instanceof Error ? error.name : typeof error
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', type)
  return type
}

type Instruments = ReturnType<typeof instruments>

function instruments() {
  const meter = metrics.getMeter(SCOPE)
  const counter = (name: string, description: string) => meter.createCounter(`colloquy.${name}`, { description })
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(`colloquy.${name}`, { unit, description, advice: { explicitBucketBoundaries } })
  return {
    /** Whether anybody reads them. */
    heard: meter !== createNoopMeter(),
    turns: counter('turns', 'Messages that got their turn'),
    fallbacks: counter('fallbacks', 'Messages that were not understood'),
    handoffs: counter('handoffs', 'Conversations handed over to a person'),
    undelivered: counter('delivery.failures', 'Replies that a channel refused; they are sent again'),
    confidence: histogram('confidence', '1', 'Calibrated confidence of the first intent', PROBABILITIES),
    intents: counter('intents', 'Messages by the intent that they were given'),
    margin: histogram('margin', '1', 'Confidence of the first intent less that of the second', PROBABILITIES),
    scope: histogram('scope.score', '1', 'Out-of-scope score, in standard deviations from validation', DEVIATIONS),
    turnTime: histogram('turn.duration', 'ms', 'From the start of a turn to the delivery of its replies', MILLISECONDS),
    stageTime: histogram('stage.duration', 'ms', 'Time in one stage of a turn', MILLISECONDS),
    lag: histogram('queue.lag', 'ms', 'From the receipt of a message to the start of its turn', MILLISECONDS),
  }
}
