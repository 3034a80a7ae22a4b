import type { TurnView, Why } from '../view.js'
import { bar, facts, h, milliseconds, percent } from './dom.js'
import { type Explained, explanation } from './explanation.js'

/** An explanation of the classification, and how to ask for it. */
export interface Explaining {
  explained: Explained
  ask(): void
}

/** Why a turn went as it did, and how long each stage took. */
export function turn(view: TurnView | undefined, explaining: Explaining | undefined): Node[] {
  if (!view) return [h('h2', {}, 'Turn'), h('p', { class: 'empty' }, 'Choose something that the customer said.')]
  const { why, failed, stages, took } = view
  return [
    h('h2', {}, 'Turn'),
    ...(failed === undefined
      ? []
      : [h('p', { class: 'failed' }, `It ended in an error: ${failed}. It is tried again.`)]),
    ...(why ? [h('p', { class: 'decision' }, why.decision), h('p', {}, why.because), facts(why.facts)] : []),
    ...(why?.classification ? classification(why.classification) : []),
    ...(why?.classification && explaining ? explanation(view.message, explaining.explained, explaining.ask) : []),
    h('h3', {}, 'Time ', h('span', { class: 'quiet' }, milliseconds(took))),
    h(
      'table',
      {},
      ...stages.map((stage) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, stage.stage),
          h('td', {}, bar(stage.took / took)),
          h('td', { class: 'number' }, milliseconds(stage.took)),
        ),
      ),
    ),
  ]
}

function classification({ ranking, thresholds, outOfScope, score }: NonNullable<Why['classification']>): Node[] {
  const marks = () => thresholds.map(({ name, value }) => mark(name, value))
  return [
    h('h3', {}, 'Classification ', outOfScope && h('span', { class: 'tag' }, 'out of scope')),
    h(
      'table',
      {},
      ...ranking.map(({ intent, confidence }) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', title: intent }, intent),
          h('td', {}, bar(confidence, ...marks())),
          h('td', { class: 'number' }, percent(confidence)),
        ),
      ),
    ),
    h(
      'p',
      { class: 'quiet' },
      `Thresholds: ${thresholds.map(({ name, value }) => `${name} ${percent(value)}`).join(', ')}. `,
      `Out-of-scope score: ${score.toPrecision(3)}.`,
    ),
  ]
}

function mark(name: string, value: number): HTMLElement {
  const tick = h('i', { title: `${name}: ${percent(value)}` })
  tick.style.left = `${value * 100}%`
  return tick
}
