import type { Card, State } from '../../card.js'
import { choice, decideOf, opinionOf, talkOf } from './parts.js'

let state: State | undefined
let asking = false

async function ask(path: string, body?: object): Promise<void> {
  // One key, one decision: what is pressed while the last one is written was not meant for the next item.
  if (asking) return
  asking = true
  try {
    const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(path, init)
    if (!response.ok) throw new Error(await response.text())
    state = await response.json()
    show()
  } catch (error) {
    const place = byId('state')
    place.classList.add('failed')
    place.textContent = `That was not written: ${error instanceof Error ? error.message : error}`
  } finally {
    asking = false
  }
}

function decide(decision: string, intent?: string): void {
  const card = state?.card
  if (card) ask('decide', { decision, intent, conversation: card.conversation, turn: card.turn })
}

/** Takes an intent by name: one that nobody has used is a new one. */
function take(intent: string): void {
  const { card, intents = [] } = state ?? {}
  if (!intent) return
  decide(intent === card?.suggestion ? 'accept' : intents.includes(intent) ? 'relabel' : 'new', intent)
}

const undo = () => ask('undo', {})

function show(): void {
  if (!state) return
  const { card, decided, left, intents, canUndo } = state
  byId('state').classList.remove('failed')
  byId('state').textContent = `${decided.toLocaleString()} decided · ${left.toLocaleString()} left`
  byId('undo').replaceChildren(...(canUndo ? [choice('u', 'Undo', undo)] : []))
  byId('talk').replaceChildren(...talkOf(card))
  byId('opinion').replaceChildren(...opinionOf(card, take))
  byId('decide').replaceChildren(...decideOf(card, intents, { take, decide }))
  document.querySelector('.here')?.scrollIntoView({ block: 'center' })
}

function press(event: KeyboardEvent): void {
  const { key, ctrlKey, metaKey, altKey, target } = event
  if (ctrlKey || metaKey || altKey) return
  const field = document.querySelector<HTMLInputElement>('#intent')
  if (target === field && field) {
    if (key === 'Enter') take(field.value.trim())
    else if (key === 'Escape') field.blur()
    return
  }
  const card: Card | null | undefined = state?.card
  const ranked = card?.ranking[Number(key) - 1]
  // A button that has the focus is pressed by this key itself.
  if (key === 'Enter' && target instanceof HTMLButtonElement) return
  if (key === 'Enter' && card?.suggestion) take(card.suggestion)
  else if (ranked) take(ranked.intent)
  else if (key === '/' || key === 'n') field?.focus()
  else if (key === 'o') decide('oos')
  else if (key === 's') decide('skip')
  else if (key === 'u') undo()
  else return
  event.preventDefault()
}

function byId(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement
}

addEventListener('keydown', press)
ask('state')
