import { readFileSync } from 'node:fs'
import { Tokenizer } from '@huggingface/tokenizers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTokenizer } from '../../../packages/core/dist/nlu/tokenizer.js'
import { expected, FIXTURE } from './fixture.js'

const json = readFileSync(`${FIXTURE}/tokenizer.json`, 'utf8')
const [CLS, SEP] = [2, 3]

describe('the tokenizer', () => {
  it.each(expected)('gives the ids that Python gives for $text', ({ text, ids }) => {
    expect(createTokenizer(json, 32).encode(text)).toEqual(ids)
  })

  it('keeps [CLS] and [SEP] and cuts what is between, whatever the text', () => {
    const whole = createTokenizer(json, 8192)
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 3, max: 40 }), (text, maxTokens) => {
        const ids = createTokenizer(json, maxTokens).encode(text)
        expect(ids.length).toBe(Math.min(maxTokens, whole.encode(text).length))
        expect([ids[0], ids.at(-1)]).toEqual([CLS, SEP])
        expect(ids.slice(0, -1)).toEqual(whole.encode(text).slice(0, ids.length - 1))
      }),
      { numRuns: 30 },
    )
  })

  it('reads a word that it remembers as it reads the whole text', () => {
    const [ours, theirs] = [createTokenizer(json, 8192), new Tokenizer(JSON.parse(json), {})]
    const word = fc.oneof(
      fc.constantFrom('card', 'CARD', 'ΟΔΟΣ', 'İs', '[SEP]', 'card[MASK]', '', '\u0301', '\t', '卡片'),
      fc.string({ unit: 'binary', maxLength: 30 }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const text = words.join(' ')
        expect(ours.encode(text)).toEqual(theirs.encode(text).ids)
        expect(ours.encode(text)).toEqual(theirs.encode(text).ids)
      }),
    )
  })

  it('remembers no word where one token may hold a space', () => {
    const description = JSON.parse(json)
    description.added_tokens.push({
      ...description.added_tokens[0],
      id: description.added_tokens.length,
      content: 'my card',
    })
    description.model.vocab['my card'] = description.added_tokens.length - 1
    const ours = createTokenizer(JSON.stringify(description), 32)
    expect(ours.encode('where is my card')).toEqual(new Tokenizer(description, {}).encode('where is my card').ids)
  })

  it('knows the highest id of its vocabulary', () => {
    expect(createTokenizer(json, 32).highestId).toBe(Object.keys(JSON.parse(json).model.vocab).length - 1)
  })
})
