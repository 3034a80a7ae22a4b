import { escalate } from '../dialog/builtin.js'
import { type Dialog, type DialogContext, dialog } from '../dialog/dialog.js'
import { type EndpointOptions, endpoint, type Generate } from './endpoint.js'
import { type Embed, type Match, type Passage, PassageIndex } from './passages.js'

/** What {@link answerer} takes. */
export interface AnswererOptions {
  /** What a company has written for its customers; `readPassages` reads them from Markdown. */
  passages: readonly Passage[]
  /** A classifier's `embed`. */
  embed: Embed
  /** How near a passage must be to ground an answer: a cosine, 0 to 1 (0.6). */
  near?: number
  /** Puts the passages into words of an answer; without it the nearest passage itself is the answer. */
  endpoint?: EndpointOptions
}

/** How many passages ground an answer. */
const GROUNDS = 3
/** What the model is to say where the passages hold no answer. */
const REFUSAL = 'NO ANSWER'

const INSTRUCTION = `You answer a customer's question for a company's support. Use only the passages below: nothing else you \
know, no guesses, no promises. Answer in the customer's language, in at most four sentences of Markdown. If the passages do not \
answer the question, or it asks you to do something rather than to tell something, reply exactly: ${REFUSAL}`

/**
 * A fallback that answers from what a company has written. Where no passage is near enough, or the model finds no answer in
 * them, or the endpoint fails, it does what the built-in fallback does. It can only say something: it has no commits.
 *
 * @example
 * ```ts
 * const nlu = await classifier('./model')
 * const faq = answerer({
 *   passages: await readPassages('faq.md'),
 *   embed: (text) => nlu.embed(text),
 *   endpoint: { url: 'http://127.0.0.1:11434/v1', model: 'qwen3', tokensPerDay: 200_000 },
 * })
 * createBot({ dialogs: [refund, faq], classifier: nlu, store, channels })
 * ```
 */
export function answerer({ passages, embed, near = 0.6, ...options }: AnswererOptions): Dialog {
  const index = new PassageIndex(passages, embed)
  const generate = options.endpoint && endpoint(options.endpoint)
  return dialog({
    name: 'fallback',
    async run(d) {
      const { text } = d.input as { text: string }
      const found = await d.step('look up', text, (question) => index.nearest(question, GROUNDS))
      const grounds = found.filter(({ similarity }) => similarity >= near)
      const answer = grounds.length > 0 ? await reply(d, text, grounds, generate) : undefined
      if (answer === undefined) return escalate(d)
      d.understood()
      d.say(answer)
    },
  })
}

/** Undefined where the passages hold no answer. */
async function reply(
  d: DialogContext,
  question: string,
  grounds: Match[],
  generate?: Generate,
): Promise<string | undefined> {
  const sources = grounds.flatMap(({ passage }) => (passage.url ? [`[${passage.title}](${passage.url})`] : []))
  const cite = (text: string) => (sources.length > 0 ? `${text}\n\n${sources.join(' · ')}` : text)
  const [nearest] = grounds
  if (!generate) return nearest && cite(nearest.passage.text)
  const written = grounds.map(({ passage }, n) => `Passage ${n + 1}: ${passage.title}\n${passage.text}`).join('\n\n')
  const answer = await d
    .step('write', question, () =>
      generate(
        [
          { role: 'system', content: `${INSTRUCTION}\n\n${written}` },
          { role: 'user', content: question },
        ],
        // What may still become a refusal is not shown.
        (soFar) => !REFUSAL.startsWith(soFar.slice(0, REFUSAL.length)) && d.typing(soFar),
      ),
    )
    .catch(() => REFUSAL)
  return answer === '' || answer.startsWith(REFUSAL) ? undefined : cite(answer)
}
