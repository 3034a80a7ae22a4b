import { splitText } from '@colloquy/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('long text', () => {
  it('stays whole where it fits', () => {
    expect(splitText('Hello **you**.', 50)).toEqual(['Hello **you**.'])
  })

  it('is split at line ends first, then between words', () => {
    const lines = Array.from({ length: 6 }, (_, n) => `Line ${n} has some words in it.`)
    for (const piece of splitText(lines.join('\n'), 70))
      for (const line of piece.split('\n')) expect(lines).toContain(line)
    const words = Array.from({ length: 60 }, (_, n) => `word${n}`)
    const pieces = splitText(words.join(' '), 60)
    expect(pieces.flatMap((piece) => piece.split(' '))).toEqual(words)
  })

  it('keeps links and code whole', () => {
    const link = '[the terms and conditions](https://bank.example/terms?a=1)'
    const pieces = splitText(`${'word '.repeat(11)}${link} and \`npm install -D thing\` ${'more '.repeat(20)}`, 80)
    expect(pieces.filter((piece) => piece.includes(link))).toHaveLength(1)
    expect(pieces.filter((piece) => piece.includes('`npm install -D thing`'))).toHaveLength(1)
  })

  it('closes a code block at the end of a piece and opens it again in the next', () => {
    const code = Array.from({ length: 12 }, (_, n) => `const value${n} = ${n}`)
    const pieces = splitText(`Before\n\`\`\`ts\n${code.join('\n')}\n\`\`\`\nAfter`, 100)
    expect(pieces.length).toBeGreaterThan(2)
    for (const piece of pieces) expect(piece.match(/```/g)?.length ?? 0).toBeOneOf([0, 2])
    expect(pieces.join('\n').match(/const value\d+ = \d+/g)).toEqual(code)
    expect(pieces.at(-1)).toMatch(/After$/)
  })

  it('breaks no character, loses none, and never passes the limit', () => {
    const text = fc.array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 90 }),
        fc.constantFrom('\n', '\n\n', ' ', '```\n', '[a](b)', '`c`', '👩‍👩‍👧‍👦', '漢字'.repeat(30)),
      ),
      { maxLength: 60 },
    )
    const bare = (one: string) => one.replace(/[\s`~]/g, '')
    fc.assert(
      fc.property(text, fc.integer({ min: 50, max: 200 }), (parts, limit) => {
        const whole = parts.join('')
        const pieces = splitText(whole, limit)
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(limit)
          expect(Buffer.from(piece).toString()).toBe(piece)
        }
        const fenced = /^\s{0,3}(`{3,}|~{3,})/m.test(whole)
        if (!fenced) expect(bare(pieces.join(''))).toBe(bare(whole))
      }),
      { numRuns: 500 },
    )
  })
})
