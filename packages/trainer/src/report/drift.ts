import { percent, thousands } from '../format.js'
import { alerts, type Drift, type DriftRow, type Moved } from '../judge/drift.js'
import { html, type Markup } from './html.js'
import { STYLE } from './style.js'

const WIDTH = 560
const HEIGHT = 120

/** One self-contained page of HTML on how what is said to a bot has moved. */
export function driftReport(name: string, found: Drift): string {
  const { usual, days, all } = found
  const told = alerts(found)
  const chart = (
    title: string,
    of: (row: DriftRow) => Moved,
    show: (value: number) => string,
    line?: number,
  ) => html`<section>
<h2>${title}</h2>
<div class="scroll">${trend(days, of, show, line)}</div>
</section>`
  const index = (value: number) => value.toFixed(2)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${name}: drift</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<header>
<h1>${name}: do people still come with what it knows?</h1>
<p>${told.length > 0 ? `Drifted: ${told.join('; ')}.` : usual ? 'Nothing has drifted.' : 'What is usual is not known.'} Read from ${thousands(all?.turns ?? 0)} utterances${usual ? `, and held against ${thousands(usual.turns)}` : ''}.</p>
</header>
${chart('Out of scope', (row) => row.outOfScope, percent, usual?.outOfScope)}
${chart('Margin between the first two intents', (row) => row.margin, index, usual?.margin.mean)}
${usual ? chart('Mix of intents (population stability index)', (row) => row.mix, index) : html``}
${usual ? chart('Way of the centroid (standard deviations)', (row) => row.centroid, index) : html``}
${all && all.movers.length > 0 ? movers(all) : html``}
</main>
</body>
</html>
`.html
}

/** A bar for each day, red where it raises an alert, and what is usual as a dashed line. */
function trend(days: DriftRow[], of: (row: DriftRow) => Moved, show: (value: number) => string, usual = 0): Markup {
  const most = Math.max(...days.map((row) => of(row).value), usual)
  const highest = most * 1.1 || 1
  const step = WIDTH / Math.max(days.length, 1)
  const y = (value: number) => HEIGHT - (value / highest) * HEIGHT
  return html`<svg class="reliability" viewBox="0 0 ${WIDTH + 60} ${HEIGHT + 20}" width="${WIDTH + 60}" role="img" aria-label="Day by day">
    ${days.map((row, n) => {
      const { value, alert } = of(row)
      return html`<rect class="${alert ? 'wrong' : 'right'}" x="${n * step + 1}" y="${y(value)}" width="${Math.max(1, step - 2)}" height="${HEIGHT - y(value)}"><title>${row.day}: ${show(value)} of ${row.turns}</title></rect>`
    })}
    <text x="${WIDTH + 6}" y="${y(most)}" dominant-baseline="central">${show(most)}</text>
    <text x="0" y="${HEIGHT + 15}">${days[0]?.day}</text>
    ${days.length > 1 ? html`<text x="${WIDTH}" y="${HEIGHT + 15}" text-anchor="end">${days.at(-1)?.day}</text>` : html``}
    ${usual > 0 ? html`<path class="ideal" d="M0 ${y(usual)}H${WIDTH}"><title>Usually ${show(usual)}</title></path>` : html``}
  </svg>`
}

function movers({ movers }: DriftRow): Markup {
  return html`<section>
<h2>Intents that have moved most</h2>
<div class="scroll"><table>
<thead><tr><th>Intent</th><th class="n">Usually</th><th class="n">Now</th></tr></thead>
<tbody>${movers.map(({ intent, share, usual }) => html`<tr><td><code>${intent}</code></td><td class="n">${percent(usual)}</td><td class="n">${percent(share)}</td></tr>`)}</tbody>
</table></div>
</section>`
}
