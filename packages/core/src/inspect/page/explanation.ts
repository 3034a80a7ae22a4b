import type { ExplanationView } from '../view.js'
import { bar, facts, h, percent } from './dom.js'

/** What is known of an explanation: nothing yet, that it has been asked for, what it is, or why there is none. */
export type Explained = 'asked' | ExplanationView | { failed: string } | undefined

/** A button that asks for an explanation, and what came of it. */
export function explanation(message: string, explained: Explained, ask: () => void): Node[] {
  if (explained === undefined)
    return [h('button', { id: `e ${message}`, type: 'button', class: 'ask', onclick: ask }, 'Explain')]
  if (explained === 'asked') return [h('p', { class: 'quiet', role: 'status' }, 'Asking the model …')]
  if ('failed' in explained) return [h('p', { class: 'failed', role: 'status' }, explained.failed)]
  const { scope, score, words, intent } = explained
  if (!scope) return [h('p', { class: 'quiet', role: 'status' }, 'There is nothing to read in it.')]
  const { energy, likeness, threshold } = scope
  const most = Math.max(...words.map(({ logit }) => Math.abs(logit)))
  return [
    h('h3', {}, 'In scope or out of it'),
    facts([
      { name: 'Score', value: `${signed(score)}; the threshold is ${signed(threshold)}` },
      { name: 'Energy', value: `${signed(energy.scaled)} (${energy.value.toFixed(2)})` },
      {
        name: 'Likeness',
        value: `${signed(likeness.scaled)} (${likeness.value.toFixed(2)} to an exemplar of ${likeness.intent})`,
      },
    ]),
    h('h3', {}, `What each word does for ${intent}`),
    h(
      'table',
      { class: 'words' },
      ...words.map(({ word, logit, confidence }) =>
        h(
          'tr',
          { class: logit < 0 && 'against' },
          h(
            'th',
            {
              scope: 'row',
              title: `${percent(Math.abs(confidence))} ${confidence < 0 ? 'less' : 'more'} likely with it`,
            },
            word,
          ),
          h('td', {}, bar(Math.abs(logit) / most)),
          h('td', { class: 'number' }, signed(logit)),
        ),
      ),
    ),
    h(
      'p',
      { class: 'quiet' },
      'What its logit loses where the word is left out. Masked values are read as they are shown.',
    ),
  ]
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`
}
