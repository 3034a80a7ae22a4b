import type { ModelCard } from '@colloquy/core'
import type { Evaluation } from '../evaluate.js'
import { duration, megabytes, percent, thousands } from '../format.js'
import type { Comparison } from '../judge/compare.js'
import type { ExactComparison } from '../judge/exact.js'
import type { IntentScores } from '../metrics/intents.js'
import { cards, intentNames } from './cards.js'
import { heatMap, reliabilityDiagram } from './charts.js'
import { html, type Markup } from './html.js'
import { adviceSection, beforeSection, coverageSection, scopeSection, sliceSection } from './sections.js'
import { SORT, STYLE } from './style.js'

/** How many confused pairs are listed with their example. */
const LISTED = 25

/** What a report is about. */
export interface ReportSubject {
  /** The name of the model folder. */
  name: string
  card: ModelCard
  /** Size of the model folder. */
  bytes: number
  /** Which utterances were used, in words, such as `validation part of bank.jsonl`. */
  data: string
  evaluation: Evaluation
  /** The model that it might replace, on the same utterances. */
  before?: { name: string; comparison: Comparison } | undefined
  /** The same model before quantisation. */
  exact?: ExactComparison | undefined
}

/** One self-contained page of HTML on how good a model is, for the person who decides whether it is deployed. */
export function report(subject: ReportSubject): string {
  const { name, data, evaluation } = subject
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${name}: intent classifier report</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<header>
<h1>${name}: how well does it understand customers?</h1>
<p>Measured on ${thousands(evaluation.count)} utterances of ${evaluation.intents.length} intents (${data}) with the files that a bot loads. Trained on ${subject.card.created.slice(0, 10)}.</p>
</header>
${tiles(subject)}
${subject.before ? beforeSection(subject.before) : html``}
${adviceSection(evaluation)}
${confusionSection(evaluation)}
${coverageSection(evaluation)}
${scopeSection(evaluation)}
${sliceSection(evaluation, subject.exact)}
<section>
<h2>What is taken for what</h2>
<p class="note">A row is what customers meant, a column what the model understood. Blue is right, red is wrong; the stronger the colour, the larger the share of the row. Point at a cell to read it.</p>
<div class="scroll">${heatMap(evaluation)}</div>
</section>
<section>
<h2>Can its confidence be trusted?</h2>
<p class="note">Where a bar reaches the dashed line, utterances that the model calls 80 % sure are right 80 % of the time. Over the line it is too modest, under it too sure. Strong bars hold many utterances. The expected calibration error, ${evaluation.ece.toFixed(3)}, is the average gap.</p>
<div class="scroll">${reliabilityDiagram(evaluation)}</div>
</section>
${intentSection(evaluation.intents)}
${madeSection(subject)}
</main>
<script>${{ html: SORT }}</script>
</body>
</html>
`.html
}

function tiles({ evaluation }: ReportSubject): Markup {
  const { accuracy, macroF1, ece, coverage, outOfScope, latency } = evaluation
  const tile = (title: string, figure: string, note: string) =>
    html`<div class="tile"><em>${title}</em><b>${figure}</b><span>${note}</span></div>`
  const outside =
    outOfScope.recall === null
      ? tile('Turned away', percent(outOfScope.rate), 'of these utterances the bot asks back or hands over')
      : tile(
          'Out of scope found',
          percent(outOfScope.recall),
          `of ${outOfScope.count}; ${percent(outOfScope.rate)} of the others are turned away too`,
        )
  return html`<div class="tiles">
${tile('Accuracy', percent(accuracy), `about ${Math.round(accuracy * 100)} of 100 utterances are understood`)}
${tile('Macro F1', macroF1.toFixed(3), 'every intent counts the same, rare or frequent; 1 is perfect')}
${tile('Surest 90 %', percent(coverage.at90), 'are right where it asks back on the other 10 %')}
${tile('Calibration error', ece.toFixed(3), 'gap between how sure it is and how often it is right')}
${outside}
${tile('Time', `${latency.p50Ms.toFixed(1)} ms`, `for one utterance, ${latency.p99Ms.toFixed(1)} ms for the slowest of a hundred, where this report was made`)}
</div>`
}

function confusionSection({ confusions }: Evaluation): Markup {
  if (confusions.length === 0) return html`<section><h2>Nothing was confused</h2></section>`
  return html`<section>
<h2>Where it goes wrong most</h2>
<p class="note">The example is the one that it was surest of.</p>
${cards(
  ['Times', 'Customers meant', 'It understood', 'For example'],
  confusions
    .slice(0, LISTED)
    .map(({ intent, predicted, count, example }) => [count, intentNames(intent), intentNames(predicted), example]),
)}
</section>`
}

function intentSection(intents: IntentScores[]): Markup {
  const share = (value: number) =>
    html`<td class="n" data-value="${value}">${percent(value)}<meter value="${value}"></meter></td>`
  const heading = (name: string) => html`<th class="n"><button>${name}</button></th>`
  return html`<section>
<h2>Every intent</h2>
<p class="note">Recall: of the utterances with this intent, how many are understood. Precision: of those it takes for this intent, how many are. F1 joins the two. Press a heading to sort.</p>
<div class="scroll"><table>
<thead><tr><th><button>Intent</button></th>${['Precision', 'Recall', 'F1', 'Utterances'].map(heading)}</tr></thead>
<tbody>${intents
    .toSorted((a, b) => a.f1 - b.f1)
    .map(
      ({ intent, precision, recall, f1, support }) =>
        html`<tr><td data-value="${intent}"><code>${intent}</code></td>${share(precision)}${share(recall)}${share(f1)}<td class="n" data-value="${support}">${support}</td></tr>`,
    )}</tbody>
</table></div>
</section>`
}

function madeSection({ card, bytes }: ReportSubject): Markup {
  const facts: Record<string, unknown> = {
    'Base encoder': card.base,
    'Training texts': `${thousands(card.data.train)}, and ${thousands(card.data.validation)} to validate (${card.data.hash})`,
    Size: megabytes(bytes),
    'Training time': duration(card.seconds),
    'Out of scope': `by energy and nearest exemplar, with thresholds that keep ${percent(card.outOfScope.recall)} of validation`,
    Temperature: card.temperature.toFixed(3),
    ...card.recipe,
    ...card.environment,
  }
  return html`<section>
<h2>How it was made</h2>
<dl>${Object.entries(facts).map(([name, value]) => html`<dt>${name}</dt><dd>${String(value)}</dd>`)}</dl>
</section>`
}
