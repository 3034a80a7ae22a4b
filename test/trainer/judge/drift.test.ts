import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { classifier, type LogEvent } from '@colloquy/core'
import { readModel } from '@colloquy/core/model'
import { sqlite } from '@colloquy/core/store/sqlite'
import { alerts, drift } from '@colloquy/trainer'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FIXTURE } from '../../core/nlu/fixture.js'
import { documentOf } from '../../core/store/fixtures.js'
import { colloquy, folder } from '../command.js'

const DAY = 24 * 3600 * 1000
const START = Date.UTC(2026, 10, 1, 9)
const KNOWN = [
  'hello',
  'good morning',
  'where is my order?',
  'track my parcel',
  'I want a refund',
  'change my address',
  'I want to talk to a person',
]
const STRANGE = ['what is the capital of France?', 'play some jazz', 'xylophone quartz', 'how tall is the Eiffel tower']

/** `count` utterances of a day, which take turns. */
function said(texts: string[], count: number, day: number): LogEvent[] {
  const understanding = { intent: 'greet', confidence: 1, outOfScope: false, ranking: [] }
  return Array.from({ length: count }, (_, n) => ({
    ...{ id: `c${day}.${n}`, conversation: `c${day}`, person: 'anna', channel: 'test', at: START + day * DAY + n },
    ...{ type: 'customer' as const, message: `${n}`, decision: 'open', understanding },
    text: texts[n % texts.length] as string,
  }))
}

async function* each(...events: LogEvent[][]) {
  yield* events.flat()
}

async function open() {
  const encoder = await classifier(FIXTURE, { workers: 1, watch: false })
  onTestFinished(() => encoder.close())
  const model = await readModel(FIXTURE)
  const read = (events: AsyncIterable<LogEvent>, since?: number) =>
    drift(events, model, encoder, since === undefined ? {} : { since }, new AbortController().signal)
  /** As the trainer writes it into a card. */
  const { usual } = await read(each(said(KNOWN, 140, 0)), START + DAY)
  if (usual) model.card.usual = usual
  return { read, model }
}

describe('drift', () => {
  it('is none where people come with what they always come with', async () => {
    const { read } = await open()
    const found = await read(each(said(KNOWN, 70, 0), said(KNOWN, 140, 1)))
    expect(alerts(found)).toEqual([])
    expect(found.days.map(({ day, turns }) => `${day} ${turns}`)).toEqual(['2026-11-01 70', '2026-11-02 140'])
    expect(found.all).toMatchObject({ day: 'all', turns: 210, mix: { shift: 0 }, centroid: { shift: 0 } })
  })

  it('shows in the share that is out of scope, the mix and the centroid, on the day on which it happens', async () => {
    const { read } = await open()
    const found = await read(each(said(KNOWN, 70, 0), said(STRANGE, 80, 1), said(['I want a refund'], 60, 2)))
    const told = alerts(found)
    expect(told.filter((one) => one.startsWith('2026-11-01'))).toEqual([])
    expect(told).toContain('2026-11-02: out of scope')
    expect(told).toContain('2026-11-03: mix of intents')
    expect(told).toContain('2026-11-03: centroid')
    expect(told).not.toContain('2026-11-03: out of scope')
    expect(found.all?.movers[0]?.intent).toBe('request_refund')
  })

  it('is not told from a few utterances, nor from answers to questions', async () => {
    const { read } = await open()
    expect(alerts(await read(each(said(STRANGE, 20, 1))))).toEqual([])
    const answers = said(STRANGE, 100, 1).map((event) => ({ ...event, decision: 'answer' }) as LogEvent)
    expect(await read(each(answers))).toMatchObject({ days: [], all: undefined })
  })

  it('is held against an earlier time where one is given, and against nothing by an older model', async () => {
    const { read, model } = await open()
    const { usual, days, ...rest } = await read(each(said(STRANGE, 80, 0), said(STRANGE, 80, 1)), START + DAY)
    expect([usual?.turns, days.length]).toEqual([80, 1])
    expect(alerts({ usual, days, ...rest })).toEqual([])
    delete model.card.usual
    const unknown = await read(each(said(STRANGE, 80, 0)))
    expect(unknown.usual).toBeUndefined()
    expect(unknown.all?.mix).toMatchObject({ shift: null, alert: false })
    expect(alerts(unknown)).toEqual([])
  })
})

describe('colloquy drift', { timeout: 60_000 }, () => {
  it('reads the store of a bot, writes a page, and tells by its exit code that something has drifted', async () => {
    const dir = folder()
    const { model } = await open()
    cpSync(FIXTURE, join(dir, 'model'), { recursive: true })
    writeFileSync(join(dir, 'model', 'model.json'), JSON.stringify(model.card))
    const store = sqlite(join(dir, 'bot.db'))
    await store.open()
    for (const [day, texts] of [KNOWN, [...KNOWN, '<b>bold</b>'], STRANGE].entries()) {
      await store.save({ document: documentOf(`c${day}`), expected: 0, events: said(texts, 80, day) })
    }
    await store.close()
    const args = ['drift', '--store', 'bot.db', '--model', 'model']
    const { code, stdout, stderr } = await colloquy([...args, '--html', 'drift.html'], dir)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/2026-11-01 +80 +\d+\.\d %/)
    expect(stdout).toContain('2026-11-03: out of scope')
    expect(code).toBe(3)
    const page = readFileSync(join(dir, 'drift.html'), 'utf8')
    expect(page).toContain('2026-11-03: out of scope')
    expect(page.match(/<rect class="wrong"/g)?.length).toBeGreaterThanOrEqual(1)
    const early = await colloquy([...args, '--since', '2026-11-04', '--json'], dir)
    expect([early.code, JSON.parse(early.stdout).alerts]).toEqual([0, []])
    const wrong = await colloquy([...args, '--baseline', '2026-11-02'], dir)
    expect(wrong.stderr).toMatch(/--baseline needs a later --since/)
    expect(wrong.code).toBe(2)
  })
})
