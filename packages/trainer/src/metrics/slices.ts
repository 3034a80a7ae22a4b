import { type Interval, shareInterval } from '../judge/intervals.js'
import { isRight, type Prediction } from './prediction.js'

/** The utterances that have something in common. */
export interface Slice {
  name: string
  count: number
  /** Share whose likeliest intent is right. */
  accuracy: number
  /** Of the accuracy, with 95 % confidence. */
  interval: Interval
}

/** Words from which on an utterance belongs to a slice. */
const LENGTHS = [1, 5, 10, 20]

/** Scripts that are told apart. Japanese and Korean mix theirs with Han, so they are looked for before it. */
const SCRIPTS = {
  Japanese: /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
  Korean: /\p{Script=Hangul}/u,
  Chinese: /\p{Script=Han}/u,
  Cyrillic: /\p{Script=Cyrillic}/u,
  Greek: /\p{Script=Greek}/u,
  Arabic: /\p{Script=Arabic}/u,
  Hebrew: /\p{Script=Hebrew}/u,
  Thai: /\p{Script=Thai}/u,
  Devanagari: /\p{Script=Devanagari}/u,
  Latin: /\p{Script=Latin}/u,
}

const words = new Intl.Segmenter('en', { granularity: 'word' })

/** Short and long utterances. */
export function byLength(predictions: Prediction[]): Slice[] {
  return LENGTHS.flatMap((from, i) => {
    const to = LENGTHS[i + 1] ?? Number.POSITIVE_INFINITY
    const name = to === Number.POSITIVE_INFINITY ? `${from} words and more` : `${from} to ${to - 1} words`
    return slice(
      name,
      predictions.filter(({ text }) => {
        const count = Math.max(1, [...words.segment(text)].filter(({ isWordLike }) => isWordLike).length)
        return count >= from && count < to
      }),
    )
  })
}

/** By the script that an utterance is written in; one without letters is `other`. */
export function byScript(predictions: Prediction[]): Slice[] {
  const script = ({ text }: Prediction) => Object.entries(SCRIPTS).find(([, letters]) => letters.test(text))?.[0]
  return [...Object.keys(SCRIPTS), undefined].flatMap((name) =>
    slice(
      name ?? 'other',
      predictions.filter((one) => script(one) === name),
    ),
  )
}

/** Predictions as a slice; nothing where there are none. */
export function slice(name: string, predictions: Prediction[]): Slice[] {
  const [hits, count] = [predictions.filter(isRight).length, predictions.length]
  return count === 0 ? [] : [{ name, count, accuracy: hits / count, interval: shareInterval(hits, count) }]
}
