import { PassThrough } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { wrap } from '../../../packages/trainer/dist/label/screen.js'
import { reviewInTerminal } from '../../../packages/trainer/dist/label/terminal.js'
import { review } from './reviewed.js'

describe('a review', () => {
  it('shows a text with its context, its weak labels, and the nearest known example of what the model thinks', async () => {
    const { card, ...rest } = (await review()).review.state()
    expect(rest).toMatchObject({ decided: 0, items: 3, left: 3, intents: ['refund', 'track'], canUndo: false })
    expect(card).toMatchObject({
      suggestion: 'refund',
      votes: [{ name: 'first action', intent: 'refund' }],
      outOfScope: true,
    })
    expect(card?.ranking[0]).toEqual({ intent: 'refund', confidence: 0.5, nearest: ['money back please'] })
    expect(card?.context.map(({ role, here }) => [role, here])).toEqual([
      ['customer', true],
      ['agent', false],
    ])
  })

  it('goes on with each decision, and an undo brings the last one back', async () => {
    const { review: one, file } = await review()
    const first = one.state().card
    if (!first) throw new Error('nothing to review')
    await one.decide({ decision: 'oos' }, first)
    expect(one.state().card?.conversation).not.toBe(first.conversation)
    expect(one.state()).toMatchObject({ decided: 1, left: 2, canUndo: true })
    await one.undo()
    expect(one.state()).toMatchObject({
      decided: 0,
      left: 3,
      canUndo: false,
      card: { conversation: first.conversation },
    })
    await one.undo()
    expect(file.events.map(({ decision }) => decision)).toEqual(['oos', 'undo'])
  })

  it('decides nothing about an item that was not the one on show', async () => {
    const { review: one, file } = await review()
    const first = one.state().card
    if (!first) throw new Error('nothing to review')
    await Promise.all([one.decide({ decision: 'oos' }, first), one.decide({ decision: 'skip' }, first)])
    expect(file.events.map(({ decision }) => decision)).toEqual(['oos'])
  })
})

describe('a review in the terminal', () => {
  it('is done by keys alone, moves no cursor for a customer, and gives the terminal back', async () => {
    const { review: one, file } = await review()
    const input = Object.assign(new PassThrough(), { setRawMode: vi.fn() }) as unknown as ReadStream & PassThrough
    const output = Object.assign(new PassThrough(), { columns: 80, rows: 24 }) as unknown as WriteStream & PassThrough
    let shown = ''
    output.on('data', (data) => {
      shown += data
    })
    const done = reviewInTerminal(one, { input, output }, new AbortController().signal)
    for (const key of ['o', '/', 'r', 'f', 'd', '\r', 'u', 'n', ...'gift card', '\r', '\r', 'q']) input.write(key)
    await done
    expect(file.events.map(({ decision, intent }) => [decision, intent])).toEqual([
      ['oos', undefined],
      ['relabel', 'refund'],
      ['undo', undefined],
      ['new', 'gift card'],
      ['accept', 'refund'],
    ])
    expect(stripVTControlCharacters(shown)).toContain('Everything is decided.')
    expect(shown.endsWith('\x1b[?25h\x1b[?1049l')).toBe(true)
    expect(input.setRawMode).toHaveBeenLastCalledWith(false)
    // The one in the customer's own text does not get through: each clearing of the screen is ours.
    expect(shown.split('\x1b[2J').length).toBe(shown.split('\x1b[H\x1b[2J').length)
  })

  it('breaks lines between words, and counts Chinese characters as two columns', () => {
    expect(wrap('where is my card', 8)).toEqual(['where is', 'my card'])
    expect(wrap('我要查一下', 4)).toEqual(['我要', '查一', '下'])
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
  })
})
