import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { topics } from '../../../packages/trainer/dist/import/tiling.js'

/** What is said about one thing after another, forty turns each. */
const words = ['card lost pin blocked bank', 'Parcel late courier door street', 'invoice2 total TAX paid euros']
const chat = fc
  .array(fc.array(fc.nat(4), { minLength: 2, maxLength: 6 }), { minLength: 120, maxLength: 120 })
  .map((all) =>
    all.map((picks, turn) => {
      const about = (words[Math.floor(turn / 40)] as string).split(' ')
      return picks.map((pick) => about[pick]).join(' ')
    }),
  )

describe('topics', () => {
  it('begin where other words are used', () => {
    const texts = Array.from({ length: 120 }, (_, turn) => {
      const about = (words[Math.floor(turn / 40)] as string).split(' ')
      return `${about[turn % 5]} ${about[(turn * 3) % 5]} ${about[(turn * 7) % 4]}`
    })
    expect(topics(texts)).toEqual([40, 80])
  })

  it('are the same beside signs, and in capitals', () => {
    fc.assert(
      fc.property(chat, fc.nat(119), (texts, at) => {
        const other = texts.map((text, n) => (n % 7 === at % 7 ? `“${text.toUpperCase()}”…` : text))
        expect(topics(other)).toEqual(topics(texts))
      }),
    )
  })
})
