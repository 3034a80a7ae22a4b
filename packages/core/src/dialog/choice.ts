import type { Choice } from '../message.js'
import type { Texts } from '../text/texts.js'
import { contains, fold } from './words.js'

/** A choice as a slot declares it. */
export interface ChoiceSpecification<V extends string = string> {
  value: V
  label: string
  synonyms?: readonly string[]
}

const ORDINALS = ['first|1st', 'second|2nd', 'third|3rd', 'fourth|4th', 'fifth|5th'].map(
  (words, index) => new RegExp(`^(the )?(${words})( one)?$|^第?${'一二三四五'[index]}个$`),
)

/**
 * Which choice an answer means: the pressed value, else the label, value or synonym as a whole, else its position, else
 * the one name that the answer contains, that contains the answer, or that it nearly spells. Undefined where none or several fit.
 */
export function matchChoice<V extends string>(
  specs: readonly ChoiceSpecification<V>[],
  text: string,
  pressed?: string,
): V | undefined {
  const byValue = specs.find((one) => one.value === pressed)
  if (byValue) return byValue.value
  const said = fold(text)
  if (said === '') return undefined
  const named = specs.map((one) => ({ one, names: [one.label, one.value, ...(one.synonyms ?? [])].map(fold) }))
  const tests: ((names: string[], index: number) => boolean)[] = [
    (names) => names.includes(said),
    (_, index) => said === String(index + 1) || ORDINALS[index]?.test(said) === true,
    (names) => names.some((name) => contains(said, name)),
    (names) => said.length > 2 && names.some((name) => contains(name, said)),
    (names) => names.some((name) => close(said, name)),
  ]
  for (const test of tests) {
    const fits = named.filter(({ names }, index) => test(names, index))
    if (fits.length === 1) return fits[0]?.one.value
    if (fits.length > 1) return undefined
  }
  return undefined
}

/** One slip of the pen in a word of five letters, two in one of nine. */
function close(said: string, name: string): boolean {
  const allowed = name.length >= 9 ? 2 : name.length >= 5 ? 1 : 0
  return allowed > 0 && Math.abs(said.length - name.length) <= allowed && distance(said, name) <= allowed
}

/** Edits, a swap of neighbours counted as one (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)])
  const at = (i: number, j: number) => rows[i]?.[j] ?? j
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1)
      const row = rows[i]
      if (row) row[j] = best
    }
  }
  return at(a.length, b.length)
}

const YES =
  /^(yes|y|yeah|yep|yup|sure|ok|okay|correct|right|absolutely|of course|please do|go ahead|do it|confirm(ed)?|that'?s (right|correct))\b|^(是|对|好|行|可以|嗯|确认|没错)/i
const NO = /^(no|n|nope|nah|not (now|really|yet)|don'?t|do not|never|wrong|incorrect)\b|^(不|否|别|没有|没(?!错))/i

/** True, false, or undefined where the text is neither. */
export function parseYesNo(text: string, choice?: string): boolean | undefined {
  const said = (choice ?? text).trim()
  if (NO.test(said)) return false
  return YES.test(said) ? true : undefined
}

export function yesOrNo({ yes, no }: Texts): Choice[] {
  return [
    { label: yes, value: 'yes' },
    { label: no, value: 'no' },
  ]
}

/** What a rating is given by. */
export const SCALES: Record<'thumbs' | 'stars', readonly Choice[]> = {
  thumbs: [
    { label: '👍', value: '1' },
    { label: '👎', value: '-1' },
  ],
  stars: [1, 2, 3, 4, 5].map((n) => ({ label: '★'.repeat(n), value: String(n) })),
}
