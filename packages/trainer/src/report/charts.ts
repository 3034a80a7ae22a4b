import { percent } from '../format.js'
import type { Scores } from '../metrics.js'
import { html, type Markup } from './html.js'

/** The width of the page in pixels. */
const ROOM = 1180

/** Under this many pixels a cell has no room for a label beside it. */
const LABELLED = 9

/**
 * A confusion matrix as an SVG heat map: a row is what was meant, a column what was understood, and a cell is the darker
 * the larger its share of the row. Each cell tells its pair on hover.
 */
export function heatMap({ intents, confusions }: Scores): Markup {
  const longest = Math.max(...intents.map(({ intent }) => intent.length))
  // The labels are about as long as they have letters, at 0.56 of the font's size each: cells and labels fill the width.
  const cell = Math.max(3, Math.min(36, Math.floor(ROOM / (intents.length + 0.56 * longest))))
  const labelled = cell >= LABELLED
  const font = Math.min(13, cell - 1)
  const margin = labelled ? Math.ceil(longest * font * 0.56) + 8 : 4
  const size = margin + cell * intents.length + 4
  const place = new Map(intents.map(({ intent }, i) => [intent, margin + i * cell]))
  const support = new Map(intents.map(({ intent, support }) => [intent, support]))
  const right = intents.map(({ intent, recall, support }) => ({
    intent,
    predicted: intent,
    count: Math.round(recall * support),
  }))
  const cells = [...right, ...confusions].filter(({ count }) => count > 0)
  return html`<svg class="heat" viewBox="0 0 ${size} ${size}" width="${size}" role="img" aria-label="Confusion matrix" style="font-size:${font}px">
    <rect class="field" x="${margin}" y="${margin}" width="${cell * intents.length}" height="${cell * intents.length}"/>
    ${intents.map(({ intent }) => {
      const at = (place.get(intent) ?? 0) + cell / 2
      const line = html`<path class="grid" d="M${margin} ${at}H${size - 4}M${at} ${margin}V${size - 4}"/>`
      if (!labelled) return line
      return html`${line}<text x="${margin - 4}" y="${at}" text-anchor="end" dominant-baseline="central">${intent}</text>
      <text transform="translate(${at} ${margin - 4}) rotate(-90)" dominant-baseline="central">${intent}</text>`
    })}
    ${cells.map(({ intent, predicted, count }) => {
      const share = count / (support.get(intent) || 1)
      const told = intent === predicted ? 'understood' : `taken for ${predicted}`
      return html`<rect class="${intent === predicted ? 'right' : 'wrong'}" x="${place.get(predicted)}" y="${place.get(intent)}" width="${cell}" height="${cell}" fill-opacity="${(0.35 + 0.65 * share).toFixed(2)}"><title>${intent}: ${count} of ${support.get(intent)} ${told}</title></rect>`
    })}
  </svg>`
}

const WIDTH = 560
const HEIGHT = 300
const LEFT = 64
const TOP = 10

/** A reliability diagram: the accuracy of each band of confidence against the diagonal of a perfectly calibrated model. */
export function reliabilityDiagram({ reliability, count }: Scores): Markup {
  const x = (share: number) => LEFT + share * (WIDTH - LEFT - 24)
  const y = (share: number) => TOP + (1 - share) * (HEIGHT - TOP - 44)
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  return html`<svg class="reliability" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" role="img" aria-label="Reliability diagram">
    ${ticks.map(
      (tick) => html`<path class="grid" d="M${x(0)} ${y(tick)}H${x(1)}"/>
      <text x="${LEFT - 6}" y="${y(tick)}" text-anchor="end" dominant-baseline="central">${tick * 100} %</text>
      <text x="${x(tick)}" y="${y(0) + 16}" text-anchor="middle">${tick * 100} %</text>`,
    )}
    ${reliability
      .filter((bin) => bin.count > 0)
      .map(
        (
          bin,
        ) => html`<rect class="bin" x="${x(bin.from) + 1}" y="${y(bin.accuracy)}" width="${x(bin.to) - x(bin.from) - 2}" height="${y(0) - y(bin.accuracy)}" fill-opacity="${(0.3 + 0.7 * Math.sqrt(bin.count / count)).toFixed(2)}"><title>${bin.count} utterances at ${percent(bin.from)} to ${percent(bin.to)}: ${percent(bin.confidence)} sure on average, ${percent(bin.accuracy)} right</title></rect>
        <circle class="mark" cx="${x(bin.confidence)}" cy="${y(bin.accuracy)}" r="3"/>`,
      )}
    <path class="ideal" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>
    <text x="${x(0.5)}" y="${HEIGHT - 6}" text-anchor="middle">how sure the model was</text>
    <text transform="translate(14 ${y(0.5)}) rotate(-90)" text-anchor="middle">how often it was right</text>
  </svg>`
}
