/** The report's style sheet. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b2430, #e6eaf0); --quiet: light-dark(#5b6675, #9aa6b5);
  --page: light-dark(#f4f6f9, #11151b); --card: light-dark(#fff, #1a2028); --line: light-dark(#dfe4ea, #2c343f);
  --right: light-dark(#1463c2, #5ea2f2); --wrong: light-dark(#c8321f, #ff7a62);
  --other: light-dark(#6b7685, #9aa6b5); }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 1240px; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { font-size: 1.7rem; margin: 0 } h2 { font-size: 1.2rem; margin: 0 0 .25rem } h3 { font-size: 1rem; margin: 1rem 0 .25rem }
header p, .note { color: var(--quiet); margin: .25rem 0 1rem } .note { max-width: 46rem }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: .75rem; margin: 1.5rem 0 }
.tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 12px }
.tile { padding: .9rem 1rem } .tile b { display: block; font-size: 1.75rem; line-height: 1.2; font-weight: 650 }
.tile span { color: var(--quiet); font-size: .85rem } .tile em { font-style: normal; font-size: .85rem; font-weight: 600 }
section { padding: 1.25rem; margin-top: 1rem } .scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--quiet); font-weight: 600 } .n { text-align: right; white-space: nowrap }
th button { all: unset; cursor: pointer } th button:focus-visible { outline: 2px solid var(--right) }
th[aria-sort=ascending] button::after { content: ' ▲' } th[aria-sort=descending] button::after { content: ' ▼' }
code { font: .92em ui-monospace, monospace } meter { width: 4.5rem; height: .7rem; margin-left: .5rem }
svg { display: block; max-width: none; font-family: system-ui, sans-serif } svg text { fill: var(--quiet) }
.field { fill: none; stroke: var(--line) } .grid { stroke: var(--line); stroke-width: .5; fill: none }
.right, .bin { fill: var(--right) } .wrong { fill: var(--wrong) } .heat rect:hover { stroke: var(--ink) }
.other { fill: var(--other) } .curve { fill: none; stroke: var(--right); stroke-width: 2 }
.good { color: var(--right) } .bad { color: var(--wrong) }
.reliability, .plot { font-size: 12px; max-width: 100%; height: auto; min-width: 480px } .ideal { stroke: var(--quiet); stroke-dasharray: 4 3 }
.mark { fill: var(--card); stroke: var(--ink); stroke-width: 1.5 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: 0; font-size: .9rem }
dt { color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
@media (max-width: 600px) { main { padding: 1rem .6rem 3rem } section { padding: .9rem } h1 { font-size: 1.35rem }
  .tiles { grid-template-columns: 1fr 1fr } dl { grid-template-columns: 1fr } dd { margin-bottom: .4rem }
  .cards thead { display: none } .cards tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line) }
  .cards td { display: grid; grid-template-columns: 6.5rem 1fr; text-align: left; white-space: normal; border: 0;
    padding: .1rem 0; overflow-wrap: anywhere }
  .cards td::before { content: attr(data-label); color: var(--quiet) } }
@media print { body { background: none } section, .tile { break-inside: avoid } }
`

/** Sorts a table by the column whose heading is pressed. */
export const SORT = `
for (const button of document.querySelectorAll('th button')) button.onclick = () => {
  const th = button.parentElement, row = th.parentElement, body = th.closest('table').tBodies[0]
  const down = th.ariaSort === 'ascending', key = (tr) => tr.cells[th.cellIndex].dataset.value
  for (const other of row.cells) other.removeAttribute('aria-sort')
  th.ariaSort = down ? 'descending' : 'ascending'
  const order = (a, b) => isNaN(key(a)) ? key(a).localeCompare(key(b)) : key(a) - key(b)
  body.append(...[...body.rows].sort((a, b) => down ? order(b, a) : order(a, b)))
}`
