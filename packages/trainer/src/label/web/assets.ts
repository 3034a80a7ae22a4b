/** The page, which its script fills. */
export const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Colloquy: what did they mean?</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="style.css">
    <script type="module" src="page/index.js"></script>
  </head>
  <body>
    <header><h1>What did they mean?</h1><p id="state" role="status">Loading …</p><span id="undo"></span></header>
    <main>
      <section id="talk" aria-label="Conversation"></section>
      <aside>
        <section id="opinion" aria-label="What the model thinks"></section>
        <section id="decide" aria-label="Decide"></section>
      </aside>
    </main>
  </body>
</html>
`

/** Its style sheet. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f4f6f8, #0f1419);
  --surface: light-dark(#fff, #171e25);
  --ink: light-dark(#16222d, #e6ebf0);
  --quiet: light-dark(#566675, #96a5b3);
  --line: light-dark(#dbe1e7, #28333d);
  --accent: light-dark(#0b4f6c, #7cc4e0);
  --tint: light-dark(#e3eef3, #17303c);
  --bad: light-dark(#a8261b, #ff9d92);
}
* { box-sizing: border-box; margin: 0 }
html, body { height: 100% }
body {
  display: grid; grid-template-rows: auto minmax(0, 1fr);
  background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
header {
  display: flex; align-items: baseline; gap: 14px; padding: 12px 20px;
  background: var(--surface); border-bottom: 1px solid var(--line);
}
h1 { font-size: 17px; font-weight: 650; letter-spacing: -.01em; color: var(--accent) }
h2 { font-size: 12px; font-weight: 600; color: var(--quiet); margin-bottom: 10px }
#state { color: var(--quiet); font-size: 13px; flex: 1 }
#state.failed { color: var(--bad) }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(380px, 480px); min-height: 0 }
#talk, aside { overflow-y: auto; padding: 24px }
aside { border-left: 1px solid var(--line); background: var(--surface) }
aside > section + section { margin-top: 22px; padding-top: 20px; border-top: 1px solid var(--line) }
.line { width: fit-content; max-width: min(38em, 88%); margin-top: 10px; padding: 8px 13px; border-radius: 12px }
.agent { background: var(--surface); border: 1px solid var(--line) }
.customer { margin-left: auto; background: var(--tint) }
.here { outline: 2px solid var(--accent); font-size: 18px }
.quiet, .tag { color: var(--quiet); font-size: 13px }
.tag { display: block }
.votes { margin-top: 18px; text-align: right }
button { font: inherit; color: inherit; text-align: left; border: 1px solid var(--line); border-radius: 10px; background: none; padding: 8px 12px; cursor: pointer }
button:hover { background: var(--tint) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
kbd { font: 12px ui-monospace, Menlo, Consolas, monospace; color: var(--accent); border: 1px solid var(--line); border-radius: 5px; padding: 1px 6px; margin-right: 8px }
.choice { display: block; width: 100%; margin-top: 8px }
.choice .tag { margin-top: 3px }
.choice b { float: right; font-weight: 400; color: var(--quiet); font-variant-numeric: tabular-nums }
.first { border-color: var(--accent); background: var(--tint) }
.row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px }
label { display: block; margin-top: 14px; font-size: 13px; color: var(--quiet) }
input { display: block; width: 100%; margin-top: 4px; padding: 8px 12px; font: inherit; font-size: 15px; color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
@media (max-width: 900px) {
  body { height: auto }
  main { display: block }
  aside { border: 0; border-top: 1px solid var(--line) }
}
`
