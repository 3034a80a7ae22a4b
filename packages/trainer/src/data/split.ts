import { ColloquyError } from '@colloquy/core'
import { chooseValidation, countBy, normalise } from './choose.js'
import type { Example, Split } from './read.js'
import { type Settled, settle } from './settle.js'

/** The label of an utterance that no intent covers. It is never trained as an intent; it measures what is turned away. */
export const OUT_OF_SCOPE = 'oos'

/**
 * The examples of one part, or all of them.
 *
 * @throws {@link ColloquyError} `bad_data` where there is none.
 */
export function partOf(examples: Example[], part: Split | undefined): Example[] {
  const chosen = part === undefined ? examples : examples.filter(({ split }) => split === part)
  if (chosen.length > 0) return chosen
  throw new ColloquyError('bad_data', `Of the data, none is of the split "${part}".`, 'Leave --split out.')
}

/** The data of one training, in two parts that share no text. */
export interface Parts {
  train: Example[]
  validation: Example[]
  /** Examples labelled {@link OUT_OF_SCOPE} outside the test part. */
  outOfScope: Example[]
  /** Texts that carried several intents: the commonest counts, and where none is, the text was left out. */
  contradictions: Settled['contradictions']
  /** Exact copies (one text, one intent, one part) that were counted once. */
  merged: number
  /** Training texts that also occur in the test part: they are trained on, and kept out of validation. */
  alsoInTest: number
  /** Validation texts, of a part that the data names itself, that also occur in training. */
  alsoInTraining: number
}

/**
 * Divides examples into training and validation. Rows that name a validation part are that part; where none does, a
 * tenth is taken out: stratified by intent, grouped by {@link normalise}d text so that no duplicate is on both sides,
 * and a conversation on one side except for texts that occur in others too. The choice depends on `seed` and the texts
 * alone, so adding data moves little of it. Rows of the test part are left out, and what is labelled in several ways is
 * settled.
 *
 * @throws {@link ColloquyError} `bad_data`: fewer than two intents, an intent with a single example, an intent with
 * nothing to train on.
 */
export function divide(examples: Example[], seed: number): Parts {
  const { examples: usable, contradictions } = settle(examples.filter((example) => example.split !== 'test'))
  const inScope = usable.filter((example) => example.intent !== OUT_OF_SCOPE)
  const distinct = firstOfEach(inScope, (example) => `${example.split} ${example.text}`)
  const tested = new Set(examples.filter(({ split }) => split === 'test').map(({ text }) => normalise(text)))
  const given = distinct.some((example) => example.split === 'validation')
  refuseTooFew(distinct)

  const chosen = given ? new Set<string>() : chooseValidation(inScope, tested, seed)
  const isValidation = (example: Example) =>
    given ? example.split === 'validation' : chosen.has(normalise(example.text))
  const train = distinct.filter((example) => !isValidation(example))
  const validation = distinct.filter(isValidation)
  refuseUntrainable(train, validation)

  const trained = new Set(train.map(({ text }) => normalise(text)))
  return {
    train,
    validation,
    outOfScope: usable.filter((example) => example.intent === OUT_OF_SCOPE),
    contradictions,
    merged: inScope.length - distinct.length,
    alsoInTest: train.filter(({ text }) => tested.has(normalise(text))).length,
    alsoInTraining: validation.filter(({ text }) => trained.has(normalise(text))).length,
  }
}

function refuseTooFew(examples: Example[]): void {
  const counts = countBy(examples.map((example) => example.intent))
  const single = examples.find((example) => counts.get(example.intent) === 1)
  if (single) {
    const message = `The intent "${single.intent}" has one example (${single.place}).`
    throw new ColloquyError('bad_data', message, 'Give it another, or leave the intent out.')
  }
  if (counts.size < 2) {
    const found = counts.size === 0 ? 'no intent' : `the intent "${[...counts.keys()][0]}" alone`
    throw new ColloquyError('bad_data', `The data has ${found} to train on.`, 'A classifier needs at least two.')
  }
}

function refuseUntrainable(train: Example[], validation: Example[]): void {
  const trained = new Set(train.map((example) => example.intent))
  const stray = validation.find((example) => !trained.has(example.intent))
  if (stray) {
    const message = `The intent "${stray.intent}" has validation examples (${stray.place}) and none to train on.`
    throw new ColloquyError('bad_data', message, 'Add training examples, or leave the intent out.')
  }
  if (validation.length === 0) {
    const hint = 'Add examples whose texts differ in more than case and punctuation.'
    throw new ColloquyError('bad_data', 'The data leaves nothing to validate on.', hint)
  }
}

function firstOfEach<T>(values: T[], key: (value: T) => string): T[] {
  const seen = new Set<string>()
  return values.filter((value) => !seen.has(key(value)) && seen.add(key(value)))
}
