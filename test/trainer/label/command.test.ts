import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readExamples } from '@colloquy/trainer'
import { describe, expect, it } from 'vitest'
import { colloquy, folder, jsonl } from '../command.js'
import { talk } from './conversations.js'

const MODEL = fileURLToPath(new URL('../../../examples/bank/model', import.meta.url))

const SAID: [text: string, action?: string][] = [
  ...['I want my money back', 'please refund order 12', 'refund me for the broken lamp', 'can I get a refund?'].map(
    (text): [string, string] => [text, 'refund_sent'],
  ),
  ...['where is my parcel', 'track my order', 'has my parcel been sent?', 'when does my parcel arrive?'].map(
    (text): [string, string] => [text, 'tracking_link'],
  ),
  ...['gift card', 'do you sell gift cards?', 'a gift card for my mum please', 'can I pay with a gift card?'].map(
    (text): [string] => [text],
  ),
  ['how do I buy a gift card?'],
]

function shop(): string {
  const dir = folder()
  const all = SAID.map(([text, action], i) =>
    talk(
      `c${i}`,
      ['customer', 'hello'],
      ['agent', 'Hello!'],
      ['customer', text],
      ['agent', 'Yes.', action ? { action } : {}],
    ),
  )
  writeFileSync(join(dir, 'chats.jsonl'), jsonl(all))
  writeFileSync(join(dir, 'actions.json'), JSON.stringify({ 'refund_*': 'refund', tracking_link: 'track' }))
  return dir
}

describe('colloquy label', { timeout: 120_000 }, () => {
  it('goes from conversations to examples that the trainer reads', async () => {
    const dir = shop()
    const decision = { at: 1, by: 'anna', conversation: 'c8', turn: 2, decision: 'new', intent: 'gift_card' }
    writeFileSync(join(dir, 'labels.jsonl'), jsonl([decision]))
    const args = ['label', 'export', 'chats.jsonl', '--actions', 'actions.json', '--out', 'examples.jsonl']
    const made = await colloquy(args, dir)
    expect(made.code, made.stderr).toBe(0)
    expect(made.stdout).toBe('examples.jsonl: 9 examples of 3 intents from 9 conversations.\n')
    const examples = await readExamples([join(dir, 'examples.jsonl')])
    expect(examples.find(({ text }) => text === 'gift card')).toMatchObject({ intent: 'gift_card', conversation: 'c8' })
    expect(examples.filter(({ intent }) => intent === 'refund').length).toBe(4)

    const written = readFileSync(join(dir, 'examples.jsonl'))
    const again = await colloquy(args, dir)
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('examples.jsonl exists.') })
    expect(readFileSync(join(dir, 'examples.jsonl')).equals(written)).toBe(true)
  })

  it('reports what tells, what contradicts, and what a person is needed for', async () => {
    const dir = shop()
    const flags = ['--actions', 'actions.json', '--model', MODEL]
    const { code, stdout, stderr } = await colloquy(['label', 'report', 'chats.jsonl', ...flags, '--json'], dir)
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ turns: 26, requests: 13, texts: 13, labelled: 8, needPerson: 5 },
      functions: [{ name: 'first action', count: 8, agreement: null }],
      ...{ discoveries: expect.any(Array), doubts: expect.any(Array) },
    })
    const told = await colloquy(['label', 'report', 'chats.jsonl', '--actions', 'actions.json'], dir)
    expect(told.stdout).toContain('A person is needed for 5 (38.5 %).')
  })

  it.each([
    ['a file that is no import', ['report', 'bad.jsonl'], 'bad.jsonl:1: "id"'],
    ['actions that are none', ['report', 'chats.jsonl', '--actions', 'bad.jsonl'], 'an action shows an intent or null'],
    [
      'decisions that are none',
      ['report', 'chats.jsonl', '--labels', 'bad.jsonl'],
      'bad.jsonl:1: the line is no decision',
    ],
    ['nothing to export', ['export', 'silent.jsonl', '--out', 'x.jsonl'], 'No turn has a label.'],
    ['a review without a terminal', ['review', 'chats.jsonl', '--model', MODEL], 'A review needs a terminal.'],
  ])('says what is wrong with %s', async (_, args, message) => {
    const dir = shop()
    writeFileSync(join(dir, 'bad.jsonl'), '{"turns": 3}\n')
    writeFileSync(join(dir, 'silent.jsonl'), jsonl([talk('c', ['customer', 'where is it?'], ['agent', 'Here.'])]))
    const { code, stderr } = await colloquy(['label', ...args], dir)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})
