import type { Json } from '../message.js'
import { type Dialog, type DialogContext, dialog } from './dialog.js'

/** A dialog that customers can be offered, as the engine describes it to the built-in ones. */
export type Offer = { intent: string; title: string }

/** What the fallback is told. */
type Fallback = { text: string; misses: number; likely: boolean; offers: Offer[] }

const NONE = 'none'

function offers(input: Json | undefined, key: string): Offer[] {
  const found = typeof input === 'object' && input !== null && !Array.isArray(input) ? input[key] : undefined
  return Array.isArray(found) ? (found as Offer[]) : []
}

async function offer(d: DialogContext, question: string, found: Offer[], text = ''): Promise<void> {
  const choices = found.map(({ intent, title }) => ({ label: title, value: intent }))
  const chosen = await d.choose('which', question, [...choices, { label: d.texts.noneOfThese, value: NONE }])
  if (chosen === NONE) d.say(d.texts.rephrase)
  else await d.open(chosen, text)
}

const text = (input: Json | undefined, key: string) =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? String(input[key] ?? '') : ''

/** What the fallback does: asks whether the likely is meant, for other words, suggests what comes closest, and calls a person. */
export async function escalate(d: DialogContext): Promise<void> {
  const { text, misses, likely, offers: found } = d.input as Fallback
  // A refusal of what was meant is more annoying than a question.
  if (likely) await offer(d, d.texts.clarify, found, text)
  else if (misses === 1) d.say(d.texts.rephrase)
  else if (misses === 2 && found.length > 0) await offer(d, d.texts.suggest, found)
  else await d.handoff('not understood')
}

/**
 * What the bot does when no dialog of yours is meant. Give a dialog of the same name to `createBot` to replace one.
 *
 * `d.input` holds: `fallback` { text, misses, likely, offers } (`misses`: how often in a row; `likely`: the customer may well have
 * meant the first of `offers`, though in words unlike any known, which is no miss), `clarify` { text, offers }, `help` { offers }, `cancel` { title }.
 */
export const builtin: readonly Dialog[] = [
  dialog({
    name: 'fallback',
    run: escalate,
  }),
  dialog({ name: 'clarify', run: (d) => offer(d, d.texts.clarify, offers(d.input, 'offers'), text(d.input, 'text')) }),
  dialog({
    name: 'help',
    run: (d) =>
      d.say([
        { type: 'text', text: d.texts.help },
        { type: 'list', items: offers(d.input, 'offers').map((one) => one.title) },
      ]),
  }),
  dialog({
    name: 'cancel',
    run: (d) => d.say(d.input ? d.texts.cancelled(text(d.input, 'title')) : d.texts.nothingToCancel),
  }),
  dialog({ name: 'human', run: (d) => d.handoff('asked for a person') }),
  dialog({ name: 'greet', run: (d) => d.say(d.texts.greet) }),
  dialog({ name: 'thanks', run: (d) => d.say(d.texts.thanks) }),
  dialog({ name: 'bye', run: (d) => d.say(d.texts.bye) }),
]
