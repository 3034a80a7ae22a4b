import { styleText } from 'node:util'
import type { Explanation } from '@colloquy/core'
import { percent } from './format.js'
import type { Neighbour } from './neighbours.js'

const RANKED = 5
const BAR = 24

type Style = Parameters<typeof styleText>[0]

/** An explanation for a person at a terminal; coloured only on one that shows colours. */
export function explanation(
  { ranking, outOfScope, score, scope, words, model }: Explanation,
  near: Neighbour[] | undefined,
  stream: NodeJS.WriteStream,
): string {
  const paint = (style: Style, text: string) => styleText(style, text, { stream, validateStream: true })
  const best = ranking.slice(0, RANKED)
  const width = Math.max(...[...best, ...(near ?? [])].map(({ intent }) => intent.length), 10) + 2
  const quiet = (text: string) => paint('dim', text)
  const title = (text: string) => ['', paint('bold', text)]
  const lines = best.map(({ intent, confidence }, i) => {
    const row = `${intent.padEnd(width)}${percent(confidence).padStart(8)}  ${bar(confidence)}`
    return i === 0 && !outOfScope ? paint('green', row) : row
  })
  if (!scope) return [paint('yellow', 'There is nothing to read: out of scope.'), quiet(`Model ${model}`)].join('\n')
  const verdict = outOfScope
    ? paint('yellow', 'Out of scope: no intent covers it')
    : paint('green', `In scope: “${ranking[0]?.intent}” covers it`)
  lines.push(
    ...title(verdict),
    `  ${'score'.padEnd(width)}${signed(score)}  the threshold is ${signed(scope.threshold)}`,
  )
  const measures = [
    ['energy', scope.energy, scope.energy.value.toFixed(2)],
    [
      'likeness',
      scope.likeness,
      `${scope.likeness.value.toFixed(2)} to the nearest exemplar, of ${scope.likeness.intent}`,
    ],
  ] as const
  for (const [name, { scaled }, told] of measures)
    lines.push(`  ${name.padEnd(width)}${signed(scaled)}  ${quiet(told)}`)
  lines.push(...title(`What each word does for “${ranking[0]?.intent}”`))
  const most = Math.max(...words.map(({ logit }) => Math.abs(logit)))
  for (const { word, logit, confidence } of words) {
    const points = `${confidence < 0 ? '−' : '+'}${percent(Math.abs(confidence))}`
    const row = `  ${word.padEnd(width)}${signed(logit)}  ${points.padStart(8)}  ${bar(Math.abs(logit) / most)}`
    lines.push(logit < 0 ? paint('red', row) : row)
  }
  if (near) {
    lines.push(...title(near.length > 0 ? 'Nearest examples' : 'No example has one of these intents'))
    for (const { likeness, intent, text, place } of near) {
      lines.push(`  ${intent.padEnd(width)}${likeness.toFixed(2).padStart(6)}  ${text}  ${quiet(place)}`)
    }
  }
  return [...lines, '', quiet(`Model ${model}`)].join('\n')
}

function bar(share: number): string {
  const eighths = Math.round(Math.min(1, share) * BAR * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + (eighths % 8 > 0 ? '▏▎▍▌▋▊▉'.charAt((eighths % 8) - 1) : '')
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`.padStart(6)
}
