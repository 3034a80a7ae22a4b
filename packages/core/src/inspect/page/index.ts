import type { ConversationLine, ConversationView, ExplanationView } from '../view.js'
import { conversation } from './document.js'
import { h } from './dom.js'
import type { Explained } from './explanation.js'
import { list } from './list.js'
import { transcript } from './transcript.js'
import { turn } from './turn.js'

/** Reminders and other things that happen without a turn are seen after this long, in milliseconds. */
const REFRESH = 5000

let chosen: string | undefined = decodeURIComponent(location.hash.slice(1)) || undefined
let message: string | undefined
let lines: ConversationLine[] = []
let view: ConversationView | undefined
/** By conversation and message. */
const explanations = new Map<string, Explained>()

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(path)
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}

let stale = false
let loading = false

/** One request at a time; what happens meanwhile is asked for once more. */
async function refresh(): Promise<void> {
  stale = true
  if (loading) return
  loading = true
  while (stale) {
    stale = false
    // Where the bot is gone the state line says so, and the next connection asks again.
    await load().then(show, () => {})
  }
  loading = false
}

async function load(): Promise<void> {
  lines = await ask<ConversationLine[]>('conversations')
  const id = chosen ?? lines[0]?.id
  view = id === undefined ? undefined : await ask<ConversationView>(`conversation?id=${encodeURIComponent(id)}`)
}

function show(): void {
  fill('list', list(lines, view?.id, choose))
  if (!view) return
  const latest = view.turns.at(-1)?.message
  const current = message ?? latest
  fill('transcript', [
    h('h2', {}, 'Conversation'),
    ...transcript(view, current, (one) => {
      message = one === latest ? undefined : one
      show()
    }),
  ])
  const { id, explains, turns } = view
  const key = `${id} ${current}`
  const explaining = { explained: explanations.get(key), ask: () => void explain(key, id, current ?? '') }
  fill(
    'turn',
    turn(
      turns.findLast((one) => one.message === current),
      explains ? explaining : undefined,
    ),
  )
  fill('document', conversation(view.document))
}

async function explain(key: string, id: string, message: string): Promise<void> {
  explanations.set(key, 'asked')
  show()
  const path = `explanation?id=${encodeURIComponent(id)}&message=${encodeURIComponent(message)}`
  const found = await ask<ExplanationView>(path).catch((error: Error) => ({ failed: error.message }))
  explanations.set(key, found)
  show()
}

function choose(id: string): void {
  chosen = id
  message = undefined
  history.replaceState(null, '', `#${encodeURIComponent(id)}`)
  refresh()
}

/** Puts new content in place, and keeps the focus and the end of the transcript where they were. */
function fill(id: string, nodes: Node[]): void {
  const place = document.getElementById(id)
  const made = h('div', {}, ...nodes)
  if (!place || place.firstElementChild?.isEqualNode(made)) return
  const atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 40
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : undefined
  place.replaceChildren(made)
  if (id === 'transcript' && atEnd) place.scrollTop = place.scrollHeight
  if (focused) document.getElementById(focused)?.focus()
}

function connected(live: boolean): void {
  const state = document.getElementById('state')
  if (state) state.textContent = live ? 'Live' : 'The bot does not answer. Trying again …'
  document.body.classList.toggle('live', live)
}

const turns = new EventSource('turns')
turns.onopen = () => {
  connected(true)
  refresh()
}
turns.onerror = () => connected(false)
turns.onmessage = refresh
setInterval(() => document.visibilityState === 'visible' && refresh(), REFRESH)
