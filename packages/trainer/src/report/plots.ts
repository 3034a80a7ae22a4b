import { percent, thousands } from '../format.js'
import type { Coverage } from '../metrics/coverage.js'
import type { HistogramStep } from '../metrics/scope.js'
import { html, type Markup } from './html.js'

const WIDTH = 560
const HEIGHT = 300
const LEFT = 64
const RIGHT = WIDTH - 24
const TOP = 10
const BOTTOM = HEIGHT - 44

/** How often the model is right where it answers only what it is surest of. */
export function coveragePlot({ curve }: Coverage): Markup {
  const lowest = Math.min(...curve.map(({ accuracy }) => accuracy))
  // From the tick below the lowest point, or all but the top would be empty.
  const step = lowest < 0.5 ? 0.25 : lowest < 0.8 ? 0.1 : lowest < 0.9 ? 0.05 : 0.02
  const floor = Math.max(0, Math.floor(lowest / step) * step - step)
  const x = (coverage: number) => LEFT + coverage * (RIGHT - LEFT)
  const y = (accuracy: number) => TOP + ((1 - accuracy) / (1 - floor)) * (BOTTOM - TOP)
  const ticks = Array.from({ length: Math.round((1 - floor) / step) + 1 }, (_, i) => 1 - i * step)
  const path = curve.map(
    (point, i) => `${i ? 'L' : 'M'}${x(point.coverage).toFixed(1)} ${y(point.accuracy).toFixed(1)}`,
  )
  const marked = curve.filter((_, i) => i % 5 === 4 || i === curve.length - 1)
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" role="img" aria-label="Accuracy by coverage">
    ${ticks.map((tick) => html`<path class="grid" d="M${LEFT} ${y(tick)}H${RIGHT}"/><text x="${LEFT - 6}" y="${y(tick)}" text-anchor="end" dominant-baseline="central">${Math.round(tick * 100)} %</text>`)}
    ${[0, 0.25, 0.5, 0.75, 1].map((tick) => html`<text x="${x(tick)}" y="${BOTTOM + 16}" text-anchor="middle">${tick * 100} %</text>`)}
    <path class="curve" d="${path.join('')}"/>
    ${marked.map(({ coverage, accuracy, confidence }) => html`<circle class="mark" cx="${x(coverage)}" cy="${y(accuracy)}" r="3"><title>the surest ${percent(coverage)}, from ${percent(confidence)} on: ${percent(accuracy)} right</title></circle>`)}
    <text x="${x(0.5)}" y="${HEIGHT - 6}" text-anchor="middle">share of utterances that it answers, the surest first</text>
    <text transform="translate(14 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">how often it is right</text>
  </svg>`
}

const SERIES = [
  ['inScope', 'right', 'of the intents'],
  ['near', 'wrong', 'near the domain, no intent'],
  ['far', 'other', 'of another domain'],
] as const

/** What is in scope beside what is not, each as a share of its own, by the score that decides. */
export function scopePlot(steps: HistogramStep[]): Markup {
  const series = SERIES.map(([name, look, told]) => {
    const total = steps.reduce((sum, step) => sum + step[name], 0)
    return { look, told, total, shares: steps.map((step) => step[name] / (total || 1)) }
  }).filter(({ total }) => total > 0)
  const highest = Math.max(...series.flatMap(({ shares }) => shares))
  const width = (RIGHT - LEFT) / steps.length
  const y = (share: number) => BOTTOM - (share / highest) * (BOTTOM - TOP - 20)
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" role="img" aria-label="Out-of-scope scores">
    ${series.map(
      ({ look, told, total, shares }, n) => html`${shares.map((share, i) =>
        share === 0
          ? html``
          : html`<rect class="${look}" x="${(LEFT + i * width).toFixed(1)}" y="${y(share).toFixed(1)}" width="${(width - 1).toFixed(1)}" height="${(BOTTOM - y(share)).toFixed(1)}" fill-opacity=".5"><title>${percent(share)} of the ${thousands(total)} ${told}: score ${steps[i]?.from.toFixed(1)} to ${steps[i]?.to.toFixed(1)}</title></rect>`,
      )}
      <rect class="${look}" x="${LEFT + n * 164}" y="${TOP - 4}" width="10" height="10" fill-opacity=".7"/><text x="${LEFT + n * 164 + 15}" y="${TOP + 1}" dominant-baseline="central">${told}</text>`,
    )}
    <path class="field" d="M${LEFT} ${BOTTOM}H${RIGHT}"/>
    ${[0, 0.5, 1].map((part) => html`<text x="${LEFT + part * (RIGHT - LEFT)}" y="${BOTTOM + 16}" text-anchor="middle">${(part === 1 ? (steps.at(-1)?.to ?? 0) : (steps[Math.floor(part * steps.length)]?.from ?? 0)).toFixed(1)}</text>`)}
    <text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">score: the further right, the more like what it was trained on</text>
    <text transform="translate(14 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">share of each</text>
  </svg>`
}
