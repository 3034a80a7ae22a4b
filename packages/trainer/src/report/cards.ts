import { html, type Markup } from './html.js'

/** A table with sentences in it, which on a narrow screen becomes a card a row. The first column is a number. */
export function cards(headings: string[], rows: (string | number | Markup)[][]): Markup {
  const look = (column: number) => (column === 0 ? 'n' : '')
  return html`<div class="scroll"><table class="cards">
<thead><tr>${headings.map((heading, i) => html`<th class="${look(i)}">${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, i) => html`<td class="${look(i)}" data-label="${headings[i]}">${cell}</td>`)}</tr>`)}</tbody>
</table></div>`
}

/** Intents as they are written in code. */
export function intentNames(...names: string[]): Markup {
  return html`${names.map((name) => html`<code>${name}</code> `)}`
}
