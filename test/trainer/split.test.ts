import { divide, type Example, normalise } from '@colloquy/trainer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const example = (text: string, intent: string, more: Partial<Example> = {}): Example => ({
  text,
  intent,
  split: 'train',
  place: 'data.jsonl:1',
  ...more,
})
/** `count` different texts of an intent. */
const texts = (intent: string, count: number, more: Partial<Example> = {}) =>
  Array.from({ length: count }, (_, i) => example(`${intent} ${i}`, intent, more))

/** Data with near-duplicates ("a 1", "A 1!"), conversations and a test part. */
const data = fc
  .array(
    fc.record({
      intent: fc.constantFrom('a', 'b', 'c'),
      number: fc.nat(30),
      loud: fc.boolean(),
      home: fc.option(fc.nat(12), { nil: undefined }),
      test: fc.nat(9).map((roll) => roll === 0),
    }),
    { maxLength: 120 },
  )
  .map((rows) => [
    ...['a', 'b', 'c'].flatMap((intent) => texts(intent, 4)),
    ...rows.map(({ intent, number, loud, home, test }) =>
      example(loud ? `${intent.toUpperCase()} ${number}!` : `${intent} ${number}`, intent, {
        split: test ? 'test' : 'train',
        ...(home !== undefined && { conversation: `c${home}` }),
      }),
    ),
  ])
const keys = (examples: Example[]) => new Set(examples.map(({ text }) => normalise(text)))

describe('a division', () => {
  it('shares no text between the two sides, not even in another spelling', () => {
    fc.assert(
      fc.property(data, fc.nat(), (examples, seed) => {
        const { train, validation } = divide(examples, seed)
        expect(disjoint(keys(train), keys(validation))).toBe(true)
      }),
    )
  })

  it('validates every intent that it can, and trains every one', () => {
    fc.assert(
      fc.property(data, fc.nat(), (examples, seed) => {
        const { train, validation } = divide(examples, seed)
        for (const intent of ['a', 'b', 'c']) {
          const tested = keys(examples.filter((one) => one.split === 'test'))
          const free = keys(
            examples.filter(
              (one) => one.split === 'train' && one.intent === intent && !tested.has(normalise(one.text)),
            ),
          )
          expect(train.some((one) => one.intent === intent)).toBe(true)
          if (free.size > 1) expect(validation.some((one) => one.intent === intent)).toBe(true)
        }
      }),
    )
  })

  it('loses no text and invents none', () => {
    fc.assert(
      fc.property(data, fc.nat(), (examples, seed) => {
        const { train, validation, merged } = divide(examples, seed)
        const given = examples.filter((one) => one.split === 'train')
        expect(new Set([...train, ...validation].map(({ text }) => text))).toEqual(
          new Set(given.map(({ text }) => text)),
        )
        expect(train.length + validation.length + merged).toBe(given.length)
      }),
    )
  })

  it('is the same for the same seed, in whatever order the data comes', () => {
    fc.assert(
      fc.property(data, fc.nat(), (examples, seed) => {
        const again = divide(examples.toReversed(), seed)
        expect(keys(again.validation)).toEqual(keys(divide(examples, seed).validation))
      }),
    )
  })

  it('keeps test texts out of validation', () => {
    fc.assert(
      fc.property(data, fc.nat(), (examples, seed) => {
        const { train, validation, alsoInTest } = divide(examples, seed)
        const tested = keys(examples.filter((one) => one.split === 'test'))
        expect(disjoint(keys(validation), tested)).toBe(true)
        expect(alsoInTest).toBe(train.filter(({ text }) => tested.has(normalise(text))).length)
      }),
    )
  })

  it('takes a tenth of each intent', () => {
    const { validation } = divide([...texts('a', 200), ...texts('b', 50), ...texts('c', 3)], 0)
    const of = (intent: string) => validation.filter((one) => one.intent === intent).length
    expect([of('a'), of('b'), of('c')]).toEqual([20, 5, 1])
  })

  it('differs between seeds', () => {
    const examples = [...texts('a', 100), ...texts('b', 100)]
    expect(keys(divide(examples, 0).validation)).not.toEqual(keys(divide(examples, 1).validation))
  })

  it('changes little when data is added', () => {
    const [before, added] = [texts('a', 100), texts('a', 120)]
    const [old, now] = [before, added].map((of) => keys(divide([...of, ...texts('b', 100)], 0).validation))
    expect([...(old ?? [])].filter((key) => now?.has(key)).length).toBeGreaterThanOrEqual(18)
  })

  it('keeps a conversation on one side', () => {
    const conversations = Array.from({ length: 60 }, (_, i) =>
      ['a', 'b', 'c'].map((intent) => example(`${intent} ${i}`, intent, { conversation: `c${i}` })),
    )
    const { train, validation } = divide(conversations.flat(), 0)
    expect(validation).toHaveLength(18)
    expect(disjoint(homes(train), homes(validation))).toBe(true)
  })

  it('splits a conversation only for a text that others share', () => {
    const conversations = Array.from({ length: 40 }, (_, i) => [
      example(`a ${i}`, 'a', { conversation: `c${i}` }),
      example('thanks', 'thank', { conversation: `c${i}` }),
      example(`b ${i}`, 'b', { conversation: `c${i}` }),
    ])
    const { train, validation } = divide([...conversations.flat(), example('thank you', 'thank')], 0)
    expect(validation.filter(({ intent }) => intent === 'thank')).toHaveLength(1)
    const own = (examples: Example[]) => homes(examples.filter(({ intent }) => intent !== 'thank'))
    expect(disjoint(own(train), own(validation))).toBe(true)
  })

  it('takes the validation part that the data names', () => {
    const given = texts('a', 2, { split: 'validation' }).map((one) => ({ ...one, text: `held ${one.text}` }))
    const leaked = example('A 0!', 'a', { split: 'validation' })
    const { train, validation, alsoInTraining } = divide([...texts('a', 30), ...texts('b', 30), ...given, leaked], 0)
    expect(validation).toEqual([...given, leaked])
    expect(train).toHaveLength(60)
    expect(alsoInTraining).toBe(1)
  })

  it('counts exact copies once, and sets texts out of scope apart', () => {
    const examples = [...texts('a', 10), ...texts('a', 10), ...texts('b', 10), ...texts('oos', 3)]
    const { train, validation, merged, outOfScope } = divide(examples, 0)
    expect([train.length, validation.length, merged, outOfScope.length]).toEqual([18, 2, 10, 3])
  })

  it.each([
    [
      'one example of an intent',
      [...texts('a', 5), example('b', 'b', { place: 'x.jsonl:7' })],
      '"b" has one example (x.jsonl:7)',
    ],
    ['the same example twice', [...texts('a', 5), example('b', 'b'), example('b', 'b')], '"b" has one example'],
    ['one intent', texts('a', 5), 'the intent "a" alone'],
    ['a test part alone', texts('a', 5, { split: 'test' }), 'no intent to train on'],
    [
      'an intent that is only validated',
      [...texts('a', 5), ...texts('b', 5), ...texts('c', 2, { split: 'validation' })],
      'The intent "c" has validation examples (data.jsonl:1) and none to train on',
    ],
    [
      'texts that are all the same',
      ['a', 'b'].flatMap((i) => [example(i, i), example(`${i}!`, i)]),
      'nothing to validate on',
    ],
  ])('is refused for %s', (_, examples, message) => {
    expect(() => divide(examples, 0)).toThrow(message)
  })
})

describe('a text', () => {
  it('is the same in another case, punctuation, spacing or width', () => {
    expect(normalise('Where’s  my ＣＡＲＤ?!')).toBe(normalise('wheres my card'))
  })

  it('of nothing but punctuation stays itself', () => {
    expect(normalise('???')).not.toBe(normalise('!'))
  })
})

const homes = (examples: Example[]) => new Set(examples.map((one) => String(one.conversation)))
const disjoint = (a: Set<string>, b: Set<string>) => [...a].every((one) => !b.has(one))

describe('a text with several intents', () => {
  const clear = [...texts('a', 4), ...texts('b', 4)]

  it('has the commonest, in training or in validation', () => {
    const said = [example('hm', 'b', { place: 'x:1' }), example('hm', 'a', { place: 'x:2' }), example('hm', 'b')]
    const { train, validation, contradictions } = divide([...clear, ...said], 0)
    expect([...train, ...validation].filter(({ text }) => text === 'hm').map(({ intent }) => intent)).toEqual(['b'])
    expect(contradictions).toEqual([{ labels: [said[0], said[1]], kept: 'b' }])
  })

  it('is left out where no intent is commonest', () => {
    const { train, validation, contradictions } = divide([...clear, example('hm', 'a'), example('hm', 'b')], 0)
    expect([...train, ...validation]).toHaveLength(clear.length)
    expect(contradictions.map(({ kept }) => kept)).toEqual([undefined])
  })

  it('is no matter in the test part, nor across parts', () => {
    const tested = [example('hm', 'a', { split: 'test' }), example('hm', 'b', { split: 'test' }), example('hm', 'a')]
    const { train, validation, contradictions } = divide([...clear, ...tested], 0)
    expect([...train, ...validation].filter(({ text }) => text === 'hm')).toHaveLength(1)
    expect(contradictions).toEqual([])
  })

  it('measures what is turned away where most say that no intent covers it', () => {
    const said = [example('hm', 'oos'), example('hm', 'oos'), example('hm', 'a')]
    const { train, validation, outOfScope } = divide([...clear, ...said], 0)
    expect([...train, ...validation]).toHaveLength(clear.length)
    expect(outOfScope).toHaveLength(2)
  })

  it('never comes out with two, whatever the data', () => {
    const labelled = fc.array(fc.tuple(fc.nat(8), fc.constantFrom('a', 'b', 'oos')), { maxLength: 60 })
    fc.assert(
      fc.property(labelled, fc.nat(), (rows, seed) => {
        const given = rows.map(([number, intent]) => example(`text ${number}`, intent))
        const { train, validation, outOfScope } = divide([...clear, ...given], seed)
        const intents = new Map<string, Set<string>>()
        for (const { text, intent } of [...train, ...validation, ...outOfScope])
          intents.set(text, (intents.get(text) ?? new Set()).add(intent))
        for (const found of intents.values()) expect(found.size).toBe(1)
      }),
    )
  })
})
