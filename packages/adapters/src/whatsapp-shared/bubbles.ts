import { type Choice, type OutgoingMessage, type Part, splitText } from '@colloquy/core'
import { markup } from './markup.js'
import { THUMBS } from './thumbs.js'

/** The longest text of one message, in UTF-16 code units: WhatsApp's own limit is 4,096. */
export const LONGEST = 4000
/** The longest text under an image or over buttons. */
const CAPTION = 1024

/** One message as WhatsApp shows it; its text is in WhatsApp's mark-up. `first` is the number of the first choice. */
export type Bubble =
  | { type: 'text'; text: string }
  | { type: 'file'; url: string; name: string; image: boolean; text?: string }
  | { type: 'choices'; text: string; choices: Choice[]; first: number; image?: string }

/**
 * Arranges the parts of a message in bubbles: texts and lists that follow each other share one, and choices join them.
 * `buttons` says that choices are something to press: then thumbs are, too.
 */
export function bubblesOf({ parts, speaker }: OutgoingMessage, buttons = false): Bubble[] {
  const bubbles: Bubble[] = []
  let text = speaker === undefined ? '' : `**${speaker.replace(/[*\\]/g, '')}:**\n`
  let offered = 1
  const say = (more: string) => {
    text += text === '' || text.endsWith('\n') ? more : `\n${more}`
  }
  const flush = () => {
    if (text.trim() !== '')
      bubbles.push(...splitText(text, LONGEST).map((one): Bubble => ({ type: 'text', text: markup(one) })))
    text = ''
  }
  /** The last text, where it fits over buttons or under an image. */
  const caption = () => {
    flush()
    const last = bubbles.at(-1)
    return last?.type === 'text' && last.text.length <= CAPTION && bubbles.pop() ? last.text : ''
  }
  const offer = (asked: string, choices: Choice[], image?: string) => {
    bubbles.push({ type: 'choices', text: asked, choices, first: offered, ...(image !== undefined && { image }) })
    offered += choices.length
  }
  const add = (part: Part): unknown => {
    switch (part.type) {
      case 'text':
        return say(part.text)
      case 'list':
        return say(part.items.map((item) => `- ${item}`).join('\n'))
      case 'choices':
        return offer(caption() || '👇', part.choices)
      case 'feedback':
        return buttons && add({ type: 'choices', choices: THUMBS })
      case 'card': {
        flush()
        const { title, image, choices = [] } = part
        say([`**${title}**`, part.text].filter(Boolean).join('\n'))
        if (choices.length > 0) {
          return offer(caption() || title.slice(0, CAPTION), choices, image)
        }
        return image === undefined
          ? flush()
          : bubbles.push({ type: 'file', url: image, name: title, image: true, text: caption() })
      }
      case 'image':
        flush()
        return bubbles.push({ type: 'file', url: part.url, name: part.alt, image: true })
      case 'file':
        flush()
        return bubbles.push({ type: 'file', url: part.url, name: part.name, image: false })
    }
  }
  for (const part of parts) add(part)
  flush()
  return bubbles
}

/** A question with its choices as lines to choose from by number, which the engine takes for the choice. */
export function numbered({ text, choices, first }: Bubble & { type: 'choices' }): string {
  return [text, ...choices.map(({ label }, n) => `${first + n}. ${label}`)].join('\n')
}
