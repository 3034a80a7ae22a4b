import type { Json } from '../message.js'
import { type Dialog, type DialogContext, dialog } from './dialog.js'

/** A dialog that customers can be offered, as the engine describes it to the built-in ones. */
export type Offer = { intent: string; title: string }

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

/**
 * What the bot does when no dialog of yours is meant. Give a dialog of the same name to `createBot` to replace one.
 *
 * `d.input` holds: `fallback` { text, misses, offers }, `clarify` { text, offers }, `help` { offers }, `cancel` { title }.
 */
export const builtin: readonly Dialog[] = [
  dialog({
    name: 'fallback',
    async run(d) {
      const input = d.input as { misses: number; offers: Offer[] }
      if (input.misses === 1) return d.say(d.texts.rephrase)
      if (input.misses === 2 && input.offers.length > 0) return offer(d, d.texts.suggest, input.offers)
      return d.handoff('not understood')
    },
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
