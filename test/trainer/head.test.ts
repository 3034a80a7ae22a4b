import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { classifier } from '@colloquy/core'
import { readModel } from '@colloquy/core/model'
import { type Example, readExamples } from '@colloquy/trainer'
import { describe, expect, it } from 'vitest'
import { calibrate, exemplarsOf } from '../../packages/trainer/dist/head/calibrate.js'
import { colloquy, contents, folder, jsonl } from './command.js'

const FIXTURE = fileURLToPath(new URL('../core/nlu/fixture', import.meta.url))
const BANK = fileURLToPath(new URL('../../examples/bank/banking77.jsonl.gz', import.meta.url))
const MODEL = fileURLToPath(new URL('../../examples/bank/model', import.meta.url))
const INTENTS = ['card_arrival', 'change_pin', 'exchange_rate']
const HOURS = [
  'When do you open on Saturday?',
  'Opening hours of the branch in Leeds',
  'Is your office open on bank holidays?',
  'What time does the branch close today?',
  'Are you open on Sundays?',
  'Tell me the opening times please',
  'How late is the branch open tonight?',
  'At what time do you open tomorrow morning?',
]

/** So many training texts, and five test texts, of each of three intents. */
async function bank(each: number): Promise<Example[]> {
  const seen = new Map<string, number>()
  return (await readExamples([BANK])).filter(({ intent, split }) => {
    const count = (seen.get(intent + split) ?? 0) + 1
    seen.set(intent + split, count)
    return INTENTS.includes(intent) && count <= (split === 'test' ? 5 : each)
  })
}

describe('a head alone', { timeout: 120_000 }, () => {
  it('learns an intent that the model did not know, without Python and with its encoder as it was', async () => {
    const dir = folder()
    const examples = await bank(20)
    const rows = [...examples, ...HOURS.map((text) => ({ text, intent: 'opening_hours', split: 'train' }))]
    writeFileSync(join(dir, 'bank.jsonl'), jsonl(rows.map(({ text, intent, split }) => ({ text, intent, split }))))
    const args = ['train', '--head-only', '--init', MODEL, '--data', 'bank.jsonl', '--out', 'model', '--recall', '0.9']
    const trained = await colloquy([...args, '--json'], dir, { PATH: '', COLLOQUY_HOME: dir })
    expect(trained.code, trained.stderr).toBe(0)

    const { card } = await readModel(join(dir, 'model'))
    expect(card.labels).toEqual([...INTENTS, 'opening_hours'])
    expect(card.outOfScope.recall).toBe(0.9)
    expect(card.recipe.headOnly).toBe(true)
    expect(card.usual?.turns).toBe(card.data.validation)
    expect(Object.keys(card.usual?.intents ?? {}).every((intent) => card.labels.includes(intent))).toBe(true)
    expect(card.usual?.centroid).toHaveLength(384)
    for (const name of ['model.onnx', 'tokenizer.json']) {
      expect(readFileSync(join(dir, 'model', name)).equals(readFileSync(join(MODEL, name)))).toBe(true)
    }
    const nlu = await classifier(join(dir, 'model'))
    expect(await nlu.classify('do you open at nine on Friday?')).toMatchObject({ intent: 'opening_hours' })
    for (const { text, intent } of examples.filter(({ split }) => split === 'test')) {
      expect(await nlu.classify(text)).toMatchObject({ intent })
    }
    await nlu.close()
  })

  it('comes out the same from the same data and seed', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'bank.jsonl'), jsonl((await bank(10)).map(({ text, intent }) => ({ text, intent }))))
    const args = ['train', '--head-only', '--init', MODEL, '--data', 'bank.jsonl', '--seed', '3', '--out']
    for (const out of ['one', 'other']) expect((await colloquy([...args, out], dir)).code).toBe(0)
    const [one, other] = ['one', 'other'].map((out) => readFileSync(join(dir, out, 'head.safetensors')))
    expect(one?.equals(other as Buffer)).toBe(true)
  })

  it('needs a model to sit on, and says so', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'bank.jsonl'), jsonl((await bank(4)).map(({ text, intent }) => ({ text, intent }))))
    const before = contents(dir)
    const alone = await colloquy(['train', '--head-only', '--data', 'bank.jsonl', '--out', 'model'], dir)
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringMatching(/encoder to sit on.*--init/) })
    const args = ['train', '--head-only', '--init', 'nowhere', '--data', 'bank.jsonl', '--out', 'model']
    expect(await colloquy(args, dir)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/nowhere.*no such folder/),
    })
    expect(contents(dir)).toEqual(before)
  })
})

describe('temperature, thresholds and exemplars', () => {
  it('are in Node what they are in Python, from the same embeddings', async () => {
    const { card, head } = await readModel(FIXTURE)
    const examples = await readExamples([join(FIXTURE, 'said.jsonl')])
    const encoder = await classifier(FIXTURE)
    const part = async (split: string) => {
      const of = examples.filter((example) => example.split === split)
      const embeddings = await Promise.all(of.map(({ text }) => encoder.embed(text)))
      return { embeddings, intents: of.map(({ intent }) => card.labels.indexOf(intent)) }
    }
    const [train, validation] = [await part('train'), await part('validation')]
    await encoder.close()

    const rule = calibrate(head, validation.embeddings, validation.intents, card.outOfScope.recall)
    expect(rule.temperature).toBeCloseTo(card.temperature, 3)
    for (const measure of ['energy', 'likeness'] as const) {
      expect(rule.outOfScope[measure].mean).toBeCloseTo(card.outOfScope[measure].mean, 3)
      expect(rule.outOfScope[measure].deviation).toBeCloseTo(card.outOfScope[measure].deviation, 3)
    }
    for (const [label, threshold] of card.outOfScope.thresholds.entries()) {
      expect(rule.outOfScope.thresholds[label]).toBeCloseTo(threshold, 2)
    }
    const exemplars = card.labels.flatMap((_, label) =>
      exemplarsOf(train.embeddings.filter((_, i) => train.intents[i] === label)).flatMap((row) => [...row]),
    )
    expect(exemplars).toHaveLength(head.exemplars.values.length)
    for (const [i, value] of exemplars.entries()) {
      expect(Math.abs(value - (head.exemplars.values[i] as number))).toBeLessThanOrEqual(1)
    }
  })
})
