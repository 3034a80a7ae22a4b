import { energy, softmax } from './calibration.js'
import type { ModelCard } from './card.js'
import type { Classification } from './classifier.js'
import { type Head, logitsOf, nearestExemplar, ranked } from './head.js'

/** One of the two measures that tell whether any intent covers an utterance. */
export interface ScopeMeasure {
  value: number
  /** In standard deviations from the mean of validation texts. */
  scaled: number
}

/** A word of an utterance, and what the likeliest intent owes to it: what is lost where the word is left out. */
export interface WordWeight {
  word: string
  /** Where it begins in the text, once the space at its beginning is gone. */
  start: number
  /** Of the intent's logit. */
  logit: number
  /** Of its probability. */
  confidence: number
}

/** Why an utterance was classified as it was. */
export interface Explanation extends Classification {
  /** Absent where there is nothing to read. */
  scope?: {
    energy: ScopeMeasure
    /** The cosine to the nearest exemplar, and the intent that this one stands for. */
    likeness: ScopeMeasure & { intent: string }
    /** Under this score the likeliest intent does not cover the utterance. */
    threshold: number
  }
  /** In the order of the text. */
  words: WordWeight[]
}

/** Words that are left out in turn: each costs a run of the model. */
const WORDS = 64

/** Finds words in any script: Chinese has no spaces. */
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/** What made the scores of an utterance, by its embedding and by those of the utterance without each of its words in turn. */
export async function explain(
  text: string,
  answer: Classification,
  embed: (text: string) => Promise<Float32Array>,
  head: Head,
  card: ModelCard,
): Promise<Explanation> {
  const { labels, temperature, outOfScope } = card
  const label = labels.indexOf(answer.intent)
  const found = [...segmenter.segment(text)].filter(({ isWordLike }) => isWordLike).slice(0, WORDS)
  const without = found.map(({ segment, index }) => text.slice(0, index) + text.slice(index + segment.length))
  const [embedding, ...others] = await Promise.all([text, ...without].map(embed))
  const logits = logitsOf(head, embedding as Float32Array)
  const nearest = nearestExemplar(head, embedding as Float32Array, ranked(logits))
  const measure = (value: number, { mean, deviation }: { mean: number; deviation: number }) => {
    return { value, scaled: (value - mean) / deviation }
  }
  const words = found.map(({ segment, index }, i): WordWeight => {
    const left = logitsOf(head, others[i] as Float32Array)
    return {
      word: segment,
      start: index,
      logit: (logits[label] as number) - (left[label] as number),
      confidence: answer.confidence - (softmax(left, temperature)[label] as number),
    }
  })
  return {
    ...answer,
    scope: {
      energy: measure(energy(logits, temperature), outOfScope.energy),
      likeness: { ...measure(nearest.likeness, outOfScope.likeness), intent: labels[nearest.label] as string },
      threshold: outOfScope.thresholds[label] as number,
    },
    words,
  }
}
