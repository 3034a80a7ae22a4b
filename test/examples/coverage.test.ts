import { readFileSync } from 'node:fs'
import { memory } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { describe, expect, test } from 'vitest'
import { bankBot } from '../../examples/bank/bot.js'
import { bank, banking77, FAILED, labels, talk } from './talk.js'

const classifier = byPattern({}, labels)
const { dialogs } = bankBot({ bank: bank(), classifier, store: memory(), channels: [] }).options
const words = (text: string) =>
  text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.join(' ')
const titles = dialogs.flatMap((one) => one.start.map((intent) => one.title(intent)))

describe('the bank bot', () => {
  test('covers each of the 77 intents exactly once', () => {
    const covered = dialogs.flatMap((one) => one.start)
    expect(covered.toSorted()).toEqual(labels.toSorted())
    expect(covered).toHaveLength(77)
  })

  test('has a title of its own for each intent, short enough for a button', () => {
    expect(new Set(titles).size).toBe(77)
    for (const title of titles) expect(title).toMatch(/^[A-Z][^_]{3,44}$/)
  })

  test.each(labels)('says something about %s, and nothing went wrong', async (intent) => {
    const heard = await talk({ [intent]: /it/ }).user('it')
    expect(heard[0]).toMatch(/^[A-Z].{15,}[.?!)]/s)
    expect(heard.join(' ')).not.toMatch(/undefined|NaN|\[object/)
    expect(heard).not.toContain(FAILED)
  })

  test('trains on phrases of its own that know the same intents and none of the test texts', () => {
    const own = readFileSync(new URL('../../examples/bank/phrases.jsonl', import.meta.url), 'utf8')
    const phrases: { text: string; intent: string }[] = own
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const known = new Set(banking77.map((one) => words(one.text)))
    expect(labels).toEqual(expect.arrayContaining(phrases.map((one) => one.intent)))
    expect(phrases.filter((one) => known.has(words(one.text)))).toEqual([])
  })
})
