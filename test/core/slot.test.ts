import { type Slot, slot } from '@colloquy/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const ask = 'What?'
const kinds: Record<string, Slot> = {
  text: slot.text({ ask }),
  pattern: slot.pattern(/\b\d{6}\b/, { ask }),
  email: slot.email({ ask }),
  number: slot.number({ ask, min: 0 }),
  money: slot.money({ ask, currency: 'GBP' }),
  choice: slot.choice(['damaged', 'late'], { ask }),
  yesNo: slot.yesNo({ ask }),
}

describe('a slot', () => {
  it.each<[kind: string, text: string, value: unknown]>([
    ['pattern', 'my order is 123456, thanks', '123456'],
    ['pattern', '1234567', undefined],
    ['pattern', 'either 123456 or 654321', undefined],
    ['email', 'Write to Anna.B@Example.co.uk!', 'anna.b@example.co.uk'],
    ['email', 'anna at example', undefined],
    ['number', 'about 1,250.50 or so', 1250.5],
    ['number', '-3', undefined],
    ['number', 'B52', undefined],
    ['money', '£20', { amount: 20, currency: 'GBP' }],
    ['money', '20.50 EUR', { amount: 20.5, currency: 'EUR' }],
    ['money', '1,200 dollars please', { amount: 1200, currency: 'USD' }],
    ['money', '75', { amount: 75, currency: 'GBP' }],
    ['money', 'a lot', undefined],
    ['choice', 'LATE!', 'late'],
    ['choice', '2', 'late'],
    ['choice', 'it arrived damaged', 'damaged'],
    ['choice', 'dmaaged', 'damaged'],
    ['choice', 'damaged and late', undefined],
    ['choice', 'the second one', 'late'],
    ['yesNo', 'yes please', true],
    ['yesNo', "No, don't", false],
    ['yesNo', 'perhaps', undefined],
    ['text', '  so it is ', 'so it is'],
    ['text', '   ', undefined],
  ])('%s reads "%s"', (kind, text, value) => {
    expect(kinds[kind]?.parse(text)).toEqual(value)
  })

  it('accepts every value that it has read or found, in any text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(kinds)), fc.string({ unit: 'grapheme' }), (kind, text) => {
        const read = kind.parse(text)
        for (const value of [...(read === undefined ? [] : [read]), ...kind.find(text).map((one) => one.value)]) {
          expect(kind.accepts(value)).toBe(true)
          expect(typeof kind.show(value)).toBe('string')
        }
      }),
    )
  })
  it('refuses stored values of another kind, as a deploy may leave them', () => {
    expect(kinds.number?.accepts('12')).toBe(false)
    expect(kinds.pattern?.accepts('12')).toBe(false)
    expect(kinds.choice?.accepts('gone')).toBe(false)
    expect(kinds.money?.accepts({ sum: 3 })).toBe(false)
    expect(kinds.yesNo?.accepts('yes')).toBe(false)
  })
})
