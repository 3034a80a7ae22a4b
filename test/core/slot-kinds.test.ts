import { slot } from '@colloquy/core'
import { date } from '@colloquy/core/slot/date'
import { phone } from '@colloquy/core/slot/phone'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

// A Monday.
const now = () => new Date('2026-11-23T10:00:00')
const day = date({ ask: 'When?', now })
const hour = date({ ask: 'When?', now, time: true })
const number = phone({ ask: 'Which?', country: 'GB' })

describe('a date', () => {
  it.each([
    ['27/11/2026', '2026-11-27'],
    ['tomorrow please', '2026-11-24'],
    ['on Friday', '2026-11-27'],
    ['明天', '2026-11-24'],
    ['some day', undefined],
    ['tomorrow or Friday', undefined],
    ['at 3pm', undefined],
  ])('reads "%s"', (text, value) => expect(day.parse(text)).toBe(value))
  it('reads a time where it asks for one', () => {
    expect(hour.parse('tomorrow at 3:30pm')).toBe('2026-11-24T15:30')
    expect(hour.parse('tomorrow')).toBeUndefined()
  })
  it('looks back where it is told to', () => {
    expect(date({ ask: 'When?', now, past: true }).parse('on Friday')).toBe('2026-11-20')
  })
  it('shows a day as people write it, and refuses a stored value of another shape', () => {
    expect(day.show('2026-11-27')).toMatch(/^Friday,? 27 November 2026$/)
    expect(day.accepts('2026-11-27T15:30')).toBe(false)
    expect(hour.accepts('2026-11-27T15:30')).toBe(true)
  })
})

describe('a phone number', () => {
  it('is found in a sentence and kept in E.164', () => {
    expect(number.parse('call me on 020 7946 0958, please')).toBe('+442079460958')
    expect(number.parse('+1 213 373 4253')).toBe('+12133734253')
    expect(number.show('+442079460958')).toBe('+44 20 7946 0958')
  })
  it('is not any row of digits', () => {
    expect(number.parse('123456')).toBeUndefined()
    expect(number.accepts('123456')).toBe(false)
  })
})

describe('a schema', () => {
  const code = slot.schema(z.string().regex(/^[A-Z]{3}$/), { ask: 'Which code?' })
  it('decides what fits', () => {
    expect(code.parse(' ABC ')).toBe('ABC')
    expect(code.parse('abc')).toBeUndefined()
    expect(code.accepts('ABC')).toBe(true)
  })
  it('must be synchronous', () => {
    const slow = slot.schema(
      z.string().refine(async () => true),
      { ask: 'Which?' },
    )
    expect(() => slow.parse('a')).toThrow()
  })
})

describe('an attachment', () => {
  const photo = slot.attachment({ ask: 'Please send a photo.', types: ['image/*'] })
  const sent = (type: string) => [{ name: 'a', type, url: 'https://files.example/a', size: 3 }]
  it('is the first file of a fitting type', () => {
    expect(photo.parse('', undefined, sent('image/png'))).toEqual({
      name: 'a',
      type: 'image/png',
      url: 'https://files.example/a',
    })
    expect(photo.parse('here', undefined, sent('text/plain'))).toBeUndefined()
    expect(photo.parse('here')).toBeUndefined()
  })
})

describe('an optional slot', () => {
  it('accepts null, and a needed one does not', () => {
    expect(slot.email({ ask: '?', optional: true }).accepts(null)).toBe(true)
    expect(slot.email({ ask: '?' }).accepts(null)).toBe(false)
  })
})
