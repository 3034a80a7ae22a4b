import type { Evaluation } from '../evaluate.js'
import { chance, percent, thousands } from '../format.js'
import { advise } from '../judge/advice.js'
import type { Change, Comparison } from '../judge/compare.js'
import type { ExactComparison } from '../judge/exact.js'
import type { Slice } from '../metrics/slices.js'
import { cards, intentNames } from './cards.js'
import { html, type Markup } from './html.js'
import { coveragePlot, scopePlot } from './plots.js'

/** How many pieces of advice are given, and how many changed utterances are shown. */
const ADVICE = 10
const SHOWN = 20

/** What to do about what goes wrong. */
export function adviceSection(evaluation: Evaluation): Markup {
  const found = advise(evaluation).slice(0, ADVICE)
  if (found.length === 0) return html``
  return html`<section>
<h2>What to label next</h2>
<p class="note">The most worthwhile first. “Gain” is how many of these ${thousands(evaluation.count)} utterances would be understood if it helped to the full.</p>
${cards(
  ['Gain', 'Intents', 'Seen', 'Do'],
  found.map(({ intents, why, what, gain }) => [gain, intentNames(...intents), why, what]),
)}
</section>`
}

/** What the model gains by asking back where it is unsure. */
export function coverageSection({ coverage, accuracy }: Evaluation): Markup {
  return html`<section>
<h2>How much should it answer by itself?</h2>
<p class="note">A bot asks back, or hands over, where the model is unsure. If it answers everything, ${percent(accuracy)} is right; of the surest 95 %, ${percent(coverage.at95)}; of the surest 90 %, ${percent(coverage.at90)}. Point at a mark to read the confidence from which on it answers.</p>
<div class="scroll">${coveragePlot(coverage)}</div>
</section>`
}

/** How what no intent covers is told from the rest. */
export function scopeSection({ outOfScope }: Evaluation): Markup {
  if (!outOfScope.histogram) return html``
  const rows = Object.entries({ 'Near the domain': outOfScope.near, 'Of another domain': outOfScope.far })
  return html`<section>
<h2>Does it know what it does not know?</h2>
<p class="note">What no intent covers should lie left of what one does; where they overlap, one is taken for the other. AUROC 1 is no overlap, 0.5 is a guess. FPR@95: how much would slip in if 95 % of what is in scope were let in. With the thresholds as they are, ${percent(outOfScope.rate)} of what is in scope is turned away.</p>
<div class="scroll">${scopePlot(outOfScope.histogram)}</div>
<div class="scroll"><table>
<thead><tr><th>Utterances that no intent covers</th><th class="n">Count</th><th class="n">Turned away</th><th class="n">AUROC</th><th class="n">FPR@95</th></tr></thead>
<tbody>${rows.map(([name, found]) =>
    found
      ? html`<tr><td>${name}</td><td class="n">${thousands(found.count)}</td><td class="n">${percent(found.recall)}</td><td class="n">${found.auroc.toFixed(3)}</td><td class="n">${percent(found.fpr95)}</td></tr>`
      : html``,
  )}</tbody>
</table></div>
</section>`
}

/** For whom it works less well. */
export function sliceSection({ slices, typos, accuracy, count }: Evaluation, exact?: ExactComparison): Markup {
  const row = ({ name, count, accuracy, interval: [from, to] }: Slice) =>
    html`<tr><td>${name}</td><td class="n">${thousands(count)}</td><td class="n">${percent(accuracy)}<meter value="${accuracy}"></meter></td><td class="n">${percent(from)} to ${percent(to)}</td></tr>`
  const slip = typos ? ` One slip of the finger in about twenty letters costs ${percent(Math.max(0, typos.drop))}.` : ''
  const cost = exact
    ? ` Quantisation costs ${(exact.cost * 100).toFixed(2)} points: before it, ${percent(exact.accuracy)} were right, and both models agree on ${percent(exact.agreement)}.`
    : ''
  return html`<section>
<h2>For whom does it work?</h2>
<p class="note">Of all ${thousands(count)} utterances ${percent(accuracy)} are understood.${slip}${cost} The range is where the accuracy lies with 95 % confidence: few utterances, wide range.</p>
<div class="scroll"><table>
<thead><tr><th>Utterances</th><th class="n">Count</th><th class="n">Accuracy</th><th class="n">Range</th></tr></thead>
<tbody>${slices.length.map(row)}${slices.script.length > 1 ? slices.script.map(row) : []}${typos ? row(typos) : html``}</tbody>
</table></div>
</section>`
}

/** The model beside the one that it might replace. */
export function beforeSection({ name, comparison }: { name: string; comparison: Comparison }): Markup {
  const { before, after, interval, p, newlyRight, newlyWrong, objections } = comparison
  const points = (share: number) => `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)}`
  const verdict =
    objections.length > 0
      ? html`<p><b class="bad">It should not replace ${name}.</b> ${objections.join(' ')}</p>`
      : html`<p><b class="good">It may replace ${name}.</b></p>`
  const table = (title: string, changes: Change[]) =>
    html`<h3>${title}: ${changes.length}</h3>${
      changes.length === 0
        ? html``
        : cards(
            ['', 'Customers said', 'And meant', 'Before', 'Now'],
            changes
              .slice(0, SHOWN)
              .map((one, i) => [
                i + 1,
                one.text,
                ...[one.intent, one.before, one.after].map((name) => intentNames(name)),
              ]),
          )
    }`
  return html`<section>
<h2>Is it better than ${name}?</h2>
${verdict}
<p class="note">Decided rightly, turning away included: ${percent(before)} before, ${percent(after)} now. With 95 % confidence the difference is ${points(interval[0])} to ${points(interval[1])} points; between equals it would be as large by chance with ${chance(p)}.</p>
${table('Newly wrong', newlyWrong)}
${table('Newly right', newlyRight)}
</section>`
}
