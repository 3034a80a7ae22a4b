import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Classification, type ClassifierOptions, classifier, createBot, memory } from '@colloquy/core'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { copyFixture, FIXTURE } from './fixture.js'

const PATIENCE = { timeout: 20_000, interval: 50 }

/** Changes the card of a model folder: another version. */
function edit(folder: string, change: (card: { [key: string]: unknown; labels: string[] }) => void): void {
  const file = join(folder, 'model.json')
  const card = JSON.parse(readFileSync(file, 'utf8'))
  change(card)
  writeFileSync(`${file}.new`, JSON.stringify(card))
  renameSync(`${file}.new`, file)
}

/** A model that takes greetings for refunds and the other way round. */
function contrary(): string {
  const folder = copyFixture()
  const trade: Record<string, string> = { greet: 'request_refund', request_refund: 'greet' }
  edit(folder, (card) => {
    card.labels = card.labels.map((label) => trade[label] ?? label)
  })
  return folder
}

async function open(folder: string, options: ClassifierOptions = {}) {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const nlu = await classifier(folder, { workers: 1, log, ...options })
  onTestFinished(() => nlu.close())
  return { nlu, lines }
}

describe('a model that is replaced while it serves', { timeout: 60_000 }, () => {
  it('hands over between two texts: none fails, and each has the answer of one of the two', async () => {
    const folder = copyFixture()
    const { nlu, lines } = await open(folder, { cache: 0 })
    const answers: Promise<Classification>[] = []
    const versions = new Set([(await nlu.classify('hello')).model])
    for (let swap = 1; swap <= 2; swap++) {
      edit(folder, (card) => {
        card.created = `swap ${swap}`
      })
      await vi.waitFor(async () => {
        answers.push(...['hello', 'refund', 'hello'].map((text) => nlu.classify(text)))
        await sleep(1)
        expect(lines.filter((line) => line.includes('has taken over'))).toHaveLength(swap)
      }, PATIENCE)
      versions.add((await nlu.classify('hello')).model)
    }
    expect(versions.size).toBe(3)
    for (const { model, intent } of await Promise.all(answers)) {
      expect(versions).toContain(model)
      expect(['greet', 'request_refund']).toContain(intent)
    }
  })

  it.each([
    ['a graph that is cut off', (folder: string) => writeFileSync(join(folder, 'model.onnx'), 'half'), 'model.onnx'],
    [
      'another format',
      (folder: string) =>
        edit(folder, (card) => {
          card.format = 99
        }),
      'its format is 99',
    ],
    [
      'fewer intents',
      (folder: string) =>
        edit(folder, (card) => {
          card.labels[0] = 'new'
        }),
      'dialogs may need',
    ],
    [
      'golden examples that it fails',
      (folder: string) => writeFileSync(join(folder, 'golden.jsonl'), '{"text":"hello","intent":"request_refund"}\n'),
      'it fails 1 of its 1 golden examples: \\"hello\\" is greet, not request_refund',
    ],
    [
      'a golden line that is none',
      (folder: string) => writeFileSync(join(folder, 'golden.jsonl'), '{'),
      'golden.jsonl',
    ],
  ])('refuses %s, says why, and goes on with the old one', async (_what, damage, why) => {
    const folder = copyFixture()
    const { nlu, lines } = await open(folder)
    const { model } = await nlu.classify('hello')
    damage(folder)
    await vi.waitFor(() => expect(lines.join('')).toContain(why), PATIENCE)
    expect(await nlu.classify('hi there')).toMatchObject({ model })
    expect(lines.join('')).toContain('the old one goes on')
  })

  it('is not looked at where the watch is off, nor after it is closed', async () => {
    const folder = copyFixture()
    const { nlu, lines } = await open(folder, { watch: false })
    const closed = await open(folder)
    await closed.nlu.close()
    edit(folder, (card) => {
      card.created = 'later'
    })
    await sleep(2500)
    expect([...lines, ...closed.lines]).toEqual([])
    expect(await nlu.classify('hello')).toMatchObject({ intent: 'greet' })
  })

  it('must answer its golden examples when it is first loaded, too', async () => {
    const folder = copyFixture()
    writeFileSync(join(folder, 'golden.jsonl'), '{"text":"hello","intent":"greet"}\n{"text":"hello","intent":null}\n')
    await expect(classifier(folder)).rejects.toMatchObject({ code: 'bad_model' })
  })
})

describe('two models side by side', () => {
  it('let one answer and the other think: the log says where they differ', async () => {
    const { nlu } = await open(FIXTURE, { shadow: contrary(), cache: 0 })
    expect(await nlu.classify('hello')).toMatchObject({ intent: 'greet', shadow: { intent: 'request_refund' } })
    expect(await nlu.classify('where is my order?')).not.toHaveProperty('shadow')
    const bot = createBot({ dialogs: [], classifier: nlu, store: memory(), channels: [] })
    await bot.start()
    const from = { channel: 'test', conversation: 'test:1', person: 'test:1', address: null }
    await bot.receive({ id: 'm1', ...from, text: 'refund my order please' })
    const [event] = await bot.history('test:1', 10)
    await bot.stop()
    expect(event).toMatchObject({ understanding: { intent: 'request_refund', shadow: { intent: 'greet' } } })
  })

  it('share the conversations: each keeps its model, in every process', async () => {
    const canary = { model: contrary(), share: 0.3 }
    const { nlu } = await open(FIXTURE, { canary })
    const conversations = Array.from({ length: 300 }, (_, n) => `web:${n}`)
    const given = async () =>
      Promise.all(conversations.map(async (conversation) => (await nlu.classify('hello', { conversation })).intent))
    const first = await given()
    expect(await given()).toEqual(first)
    const tried = first.filter((intent) => intent === 'request_refund').length
    expect(tried).toBeGreaterThan(300 * 0.2)
    expect(tried).toBeLessThan(300 * 0.4)
    const program = `
      import { classifier } from '@colloquy/core'
      const nlu = await classifier(${JSON.stringify(FIXTURE)}, { canary: ${JSON.stringify(canary)} })
      const asked = ${JSON.stringify(conversations)}.map((conversation) => nlu.classify('hello', { conversation }))
      console.log(JSON.stringify((await Promise.all(asked)).map((one) => one.intent)))
      await nlu.close()`
    const cwd = new URL('../../../packages/core', import.meta.url)
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd })
    expect(JSON.parse(output.toString())).toEqual(first)
    // What no conversation says is nobody's trial.
    expect(await nlu.classify('hello')).toMatchObject({ intent: 'greet' })
  })
})
