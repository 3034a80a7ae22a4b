/** The page, which its scripts fill. */
export const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Colloquy inspector</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="style.css">
    <script type="module" src="page/index.js"></script>
  </head>
  <body>
    <header><h1>Inspector</h1><p id="state" role="status">Connecting …</p></header>
    <main>
      <nav id="list" aria-label="Conversations"></nav>
      <section id="transcript" aria-label="Conversation"></section>
      <aside>
        <section id="turn" aria-label="Turn"></section>
        <section id="document" aria-label="Document"></section>
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
  --good: light-dark(#1d7a4c, #6ed3a0);
}
* { box-sizing: border-box; margin: 0 }
html, body { height: 100% }
body {
  display: grid; grid-template-rows: auto minmax(0, 1fr);
  background: var(--paper); color: var(--ink); font: 14px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
header {
  display: flex; align-items: baseline; gap: 14px; padding: 12px 20px;
  background: var(--surface); border-bottom: 1px solid var(--line);
}
h1 { font-size: 17px; font-weight: 650; letter-spacing: -.01em; color: var(--accent) }
h2 { font-size: 12px; font-weight: 600; color: var(--quiet); margin-bottom: 10px }
h3 { font-size: 14px; font-weight: 600; margin: 18px 0 6px }
#state { color: var(--quiet); font-size: 13px }
#state::before {
  content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 6px; border-radius: 50%; background: var(--bad);
}
.live #state::before { background: var(--good) }

main { display: grid; grid-template-columns: 250px minmax(0, 1fr) minmax(360px, 430px); min-height: 0 }
#list, #transcript, aside { overflow-y: auto; scrollbar-width: thin; scrollbar-color: var(--line) transparent }
#list { border-right: 1px solid var(--line); padding: 8px }
#transcript { padding: 18px 24px 28px }
aside { border-left: 1px solid var(--line); background: var(--surface) }
aside > section { padding: 18px 20px 22px }
aside > section + section { border-top: 1px solid var(--line) }

button { font: inherit; color: inherit; text-align: left; border: 1px solid transparent; background: none; cursor: pointer }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
#list button { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 8px; width: 100%; padding: 9px 12px; border-radius: 10px }
#list button:hover { background: var(--tint) }
#list [aria-current] { background: var(--tint) }
.name { grid-column: 1 / -1; font-weight: 500; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.quiet, .empty { color: var(--quiet); font-size: 13px; font-weight: 400 }
.empty { padding: 10px 0 }
#list .empty { padding: 12px }
.tag { color: var(--accent); font-size: 12px; font-weight: 500; white-space: nowrap }
.text { white-space: pre-wrap }

.line { display: block; width: fit-content; max-width: min(36em, 86%); margin-top: 8px; padding: 8px 13px; border-radius: 12px }
.event + .line, .line + .event { margin-top: 10px }
.bot { background: var(--surface); border: 1px solid var(--line) }
.bot > * + * { margin-top: 6px }
.customer { margin-left: auto; background: var(--tint); margin-top: 16px; margin-bottom: 12px }
.customer .tag { display: block; margin-top: 2px }
button.customer:hover { border-color: var(--line) }
button.customer[aria-current] { border-color: var(--accent) }
.event { margin: 3px 0; font-size: 12.5px; color: var(--quiet); text-align: center }
.choices { display: flex; flex-wrap: wrap; gap: 6px }
.choices:empty { display: none }
.choices span { padding: 1px 9px; border: 1px solid var(--line); border-radius: 999px; font-size: 13px; color: var(--quiet) }

.decision { font-size: 21px; font-weight: 600; letter-spacing: -.01em; line-height: 1.25; margin-bottom: 5px }
.failed { color: var(--bad); margin-bottom: 8px }
dl { display: grid; grid-template-columns: minmax(88px, max-content) minmax(0, 1fr); gap: 3px 14px; margin-top: 12px }
dt { color: var(--quiet); max-width: 150px }
dd { min-width: 0 }
code { font: 12.5px/1.5 ui-monospace, Menlo, Consolas, monospace; display: block; max-height: 9em; overflow-y: auto }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th { width: 42%; max-width: 0; padding: 2px 10px 2px 0; font-weight: 400; text-align: left; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.number { width: 5.5em; padding-left: 10px; text-align: right; color: var(--quiet); white-space: nowrap }
.bar { position: relative; height: 8px; border-radius: 3px; background: light-dark(#e9edf1, #232d36) }
.bar span { display: block; height: 100%; min-width: 1px; border-radius: 3px; background: var(--accent) }
.bar i { position: absolute; top: -2px; bottom: -2px; width: 1px; background: var(--quiet); opacity: .55 }
table + .quiet { margin-top: 6px }
tr.against .bar span { background: var(--bad) }
.ask { margin-top: 12px; padding: 3px 12px; border-color: var(--line); border-radius: 999px; color: var(--accent); font-weight: 500 }
.ask:hover { background: var(--tint) }
.frame { margin-top: 14px; padding: 12px 14px 14px; border: 1px solid var(--line); border-radius: 12px }
.frame h3 { margin: 0 }
.pending { margin-top: 8px; padding-left: 10px; border-left: 2px solid var(--accent) }

@media (max-width: 1000px) {
  body { height: auto }
  main { display: block }
  #list { border: 0; border-bottom: 1px solid var(--line); max-height: 30vh }
  aside { border: 0; border-top: 1px solid var(--line) }
}
`
