import { ColloquyError, type FileContent, type OutgoingMessage, type Part, plainText, splitText } from '@colloquy/core'
import type { Draft } from '../bot-framework/sdk.js'
import { card, form, suggestions } from './cards.js'
import { teamsMarkdown } from './text.js'

/**
 * The longest text of one message, in UTF-16 code units. Teams takes 100 KB of UTF-16 and asks for less than 80, cards and
 * envelope included; cards get as much again as text, less what is around them.
 */
export const LONGEST = 19_000
/** Images that travel inside a message, in bytes; larger ones go as files. */
const INLINE = 12_000

/** One thing to send: an activity, or a file that the person must agree to take. */
export type Piece = Draft | { file: Offer }

export type Offer = { url: string; name: string; bytes: number }

/** A message as Teams shows it, in the order in which it is sent; `personal` where files can be offered. */
export async function render(
  { parts, speaker }: OutgoingMessage,
  read: (url: string) => Promise<FileContent>,
  personal: boolean,
): Promise<Piece[]> {
  const pieces: Piece[] = []
  let text = ''
  let attachments: object[] = []
  let more: object = {}
  const flush = () => {
    const texts = text ? splitText(teamsMarkdown(text), LONGEST).map((piece) => ({ text: piece })) : [{}]
    const last = { ...texts.pop(), ...(attachments.length > 0 && { attachments }), ...more }
    for (const draft of [...texts, last]) if (Object.keys(draft).length > 0) pieces.push({ type: 'message', ...draft })
    ;[text, attachments, more] = ['', [], {}]
  }
  const say = (what: string) => {
    if (attachments.length > 0) flush()
    text = text ? `${text}\n\n${what}` : what
  }
  const attach = (what: object, part: Part) => {
    if (JSON.stringify(what).length > LONGEST) return say(plainText([part]))
    if (JSON.stringify([...attachments, what]).length > LONGEST) flush()
    attachments.push(what)
  }
  /** An image in a form that travels inside a message; undefined where it is too large, or no longer there. */
  const inline = async (url: string): Promise<{ type: string; url: string } | undefined> => {
    if (url.startsWith('https:')) return { type: 'image/*', url }
    const file = await readable(url)
    if (!file || file.bytes.length > INLINE || !file.type.startsWith('image/')) return undefined
    return { type: file.type, url: `data:${file.type};base64,${Buffer.from(file.bytes).toString('base64')}` }
  }
  const readable = (url: string) =>
    read(url).catch((error: unknown) => {
      if (!(error instanceof ColloquyError && error.code === 'bad_message')) throw error
    })

  if (speaker) say(`**${speaker.replace(/[*_`~[\]<>\\]/g, '')}:**`)
  for (const part of parts) {
    if (part.type === 'text') say(part.text)
    else if (part.type === 'list') say(part.items.map((item) => `- ${item}`).join('\n'))
    else if (part.type === 'feedback') more = { ...more, channelData: { feedbackLoop: { type: 'default' } } }
    else if (part.type === 'form') attach(form(part), part)
    else if (part.type === 'card') attach(card(part, part.image && (await inline(part.image))?.url), part)
    else if (part.type === 'choices') {
      const suggestedActions =
        personal && parts.every(({ type }) => /^(?:text|list|choices)$/.test(type)) && suggestions(part.choices)
      if (suggestedActions) more = { ...more, suggestedActions }
      else attach(card({ title: '', choices: part.choices }), part)
    } else {
      const name = part.type === 'image' ? part.alt : part.name
      const image = part.type === 'image' && (await inline(part.url))
      const file = image || part.url.startsWith('https:') ? undefined : await readable(part.url)
      if (image) attach({ contentType: image.type, contentUrl: image.url, name }, part)
      else if (part.url.startsWith('https:')) say(`[${name.replace(/[[\]]/g, '')}](${linked(part.url)})`)
      else if (file && personal) {
        flush()
        pieces.push({ file: { url: part.url, name, bytes: file.bytes.length } })
      } else say(`📎 ${name}`)
    }
  }
  flush()
  return pieces
}

/** A URL that no character ends too early in Markdown. */
function linked(url: string): string {
  return URL.canParse(url) ? new URL(url).href.replace(/[()]/g, (one) => (one === '(' ? '%28' : '%29')) : ''
}
