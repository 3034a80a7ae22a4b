import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { classifier, type Dialog, dialog } from '@colloquy/core'
import { type Example, readExamples, type Transcript } from '@colloquy/trainer'
import { beforeAll, describe, expect, it } from 'vitest'
import { talk } from './bot.js'
import { colloquy, contents, finished, folder, jsonl, start } from './command.js'
import { trainerPython } from './environment.js'

const python = await trainerPython()
const BANK = fileURLToPath(new URL('../../examples/bank/banking77.jsonl.gz', import.meta.url))
const INTENTS = ['card_arrival', 'change_pin', 'exchange_rate', 'lost_or_stolen_card']
const MODEL = [
  'golden.jsonl',
  'head.safetensors',
  'model.json',
  'model.onnx',
  'report.html',
  'tokenizer.json',
  'training.jsonl',
]

describe.skipIf(!python)('colloquy train', { timeout: 240_000 }, () => {
  const dir = folder()
  const train = (...args: string[]) => {
    const common = ['--vocab', '6000', '--python', python ?? '', '--json']
    return ['train', '--data', 'bank.jsonl', ...args, ...common, '--', '--device', 'cpu']
  }
  const json = (file: string) => JSON.parse(readFileSync(join(dir, file), 'utf8'))
  let bank: Example[] = []

  beforeAll(async () => {
    const seen = new Map<string, number>()
    bank = (await readExamples([BANK])).filter(({ intent, split }) => {
      const count = (seen.get(intent + split) ?? 0) + 1
      seen.set(intent + split, count)
      return INTENTS.includes(intent) && count <= (split === 'test' ? 25 : 60)
    })
    writeFileSync(join(dir, 'bank.jsonl'), jsonl(bank.map(({ text, intent, split }) => ({ text, intent, split }))))
  })

  it('learns from real questions, and evaluate measures what a bot will do', async () => {
    const trained = await colloquy(train('--out', 'model', '--fp32', 'exact', '--epochs', '2'), dir)
    expect(trained.code, trained.stderr).toBe(0)
    expect(readdirSync(dir).sort()).toEqual(['bank.jsonl', 'exact', 'model'])
    expect(readdirSync(join(dir, 'model')).sort()).toEqual(MODEL)

    const card = json('model/model.json')
    expect(card.labels).toEqual(INTENTS)
    expect(card.data.train + card.data.validation).toBe(new Set(bank.filter(isTrain).map(({ text }) => text)).size)
    expect(card.data.validation).toBeGreaterThanOrEqual(20)
    const printed = JSON.parse(trained.stdout)
    expect(printed).toMatchObject({ out: 'model', count: card.data.validation })
    expect(printed.accuracy).toBeCloseTo(card.metrics.accuracy, 3)
    expect(trained.stderr).toMatch(/epoch 1\/2 {2}loss \d.*validation \d.*left\nepoch 2\/2/)

    const evaluate = ['evaluate', '--model', 'model', '--data', 'bank.jsonl', '--split', 'test']
    const measured = await colloquy([...evaluate, '--json', '--report', 'test.html'], dir)
    const { count, accuracy, ece, intents, outOfScope } = JSON.parse(measured.stdout)
    expect(count).toBe(bank.filter((example) => !isTrain(example)).length)
    expect(accuracy).toBeGreaterThan(0.9)
    expect(ece).toBeLessThan(0.2)
    expect(intents).toHaveLength(INTENTS.length)
    expect(outOfScope.rate).toBeLessThan(0.3)
    expect(readFileSync(join(dir, 'test.html'), 'utf8')).toContain(`${(accuracy * 100).toFixed(1)} %`)
    const exact = await colloquy(evaluate.with(2, 'exact'), dir)
    const [, told] = /accuracy +([\d.]+) %/i.exec(exact.stdout) ?? []
    expect(Math.abs(Number(told) - accuracy * 100)).toBeLessThan(2)
  })

  it('refuses a base encoder that is none, and leaves the old model as it was', async () => {
    const before = contents(dir)
    const refused = await colloquy(train('--out', 'model', '--base', './nowhere'), dir)
    expect(refused.stderr).toMatch(/nowhere/)
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(contents(dir)).toEqual(before)
  })

  it('ends at once on Ctrl-C: no half-written folder, the old model as it was', async () => {
    const before = contents(dir)
    const created = json('model/model.json').created
    const child = start(train('--out', 'model', '--epochs', '500'), dir)
    child.stderr?.on('data', (text) => {
      if (/Training on cpu/.test(text)) child.kill('SIGINT')
    })
    const { code, stderr } = await finished(child)
    expect(stderr).toMatch(/Interrupted: nothing was written/)
    expect(code).toBe(130)
    expect(contents(dir)).toEqual(before)
    expect(json('model/model.json').created).toBe(created)
    expect(commandLines().filter((line) => line.includes(dir))).toEqual([])
  })

  it('closes the loop: what was said to a bot is imported, labelled and trained on, and the new bot knows better', async () => {
    const asked = [
      'When do you open on Saturday?',
      'Opening hours of the branch in Leeds',
      'Is your office open on bank holidays?',
      'What time does the branch close today?',
      'Are you open on Sundays?',
      'Tell me the opening times please',
      'How late is the branch open tonight?',
      'At what time do you open tomorrow morning?',
    ]
    const pin = answer('pin', 'change_pin', 'Change it in the app.')
    const old = await classifier(join(dir, 'model'))
    const before = await talk({ dialogs: [pin], classifier: old, store: join(dir, 'bot.db') }, 'test:anna', asked)
    await old.close()

    await colloquy(['import', '--store', 'bot.db', '--out', 'said.jsonl'], dir)
    const said: Transcript = json('said.jsonl')
    const turns = said.turns.map((turn) => (turn.role === 'customer' ? { ...turn, intent: 'opening_hours' } : turn))
    writeFileSync(join(dir, 'labelled.jsonl'), jsonl([{ ...said, turns }]))
    const args = train('--out', 'model', '--epochs', '3')
    const trained = await colloquy(['train', '--data', 'labelled.jsonl', ...args.slice(1)], dir)
    expect(trained.code, trained.stderr).toBe(0)
    expect(json('model/model.json').labels).toEqual([...INTENTS, 'opening_hours'].sort())
    expect(readdirSync(join(dir, 'model')).sort()).toEqual(MODEL)

    const hours = answer('hours', 'opening_hours', 'We open at nine.')
    const renewed = await classifier(join(dir, 'model'))
    const bot = { dialogs: [pin, hours], classifier: renewed, store: join(dir, 'new.db') }
    const after = await talk(bot, 'test:ben', [asked[0] ?? '', 'How can I change my PIN?'])
    await renewed.close()
    expect(before.join('\n')).not.toContain('We open at nine.')
    expect(after).toEqual(['We open at nine.', 'Change it in the app.'])
  })
})

const isTrain = ({ split }: Example) => split === 'train'

function answer(name: string, start: string, text: string): Dialog {
  return dialog({ name, title: name, start, slots: {}, run: async (d) => d.say(text) })
}

/** The command lines of all processes, where the system shows them. */
function commandLines(): string[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')]
        } catch {
          return []
        }
      })
  } catch {
    return []
  }
}
