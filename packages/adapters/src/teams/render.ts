import {
  type Choice,
  type FileContent,
  type FormField,
  type OutgoingMessage,
  type Part,
  splitText,
} from '@colloquy/core'
import type { Draft } from './sdk.js'
import { teamsMarkdown } from './text.js'

/**
 * The longest text of one message, in UTF-16 code units. Teams takes 100 KB of UTF-16 and asks for less than 80, attachments
 * and envelope included.
 */
export const LONGEST = 28_000
/** Images that travel inside a message, in bytes; larger ones go as files. */
const INLINE = 18_000
/** Teams shows this many buttons in a row; more become a list to choose from. */
const BUTTONS = 6

/** One thing to send: an activity, or a file that the person must agree to take. */
export type Piece = { draft: Draft } | { file: { url: string; name: string; bytes: number } }

/** How files are read, and whether they can be offered where the message goes. */
export interface Rendering {
  read(url: string): Promise<FileContent>
  personal: boolean
}

/** A message as Teams shows it, in the order that it must be sent in. */
export async function render({ parts, speaker }: OutgoingMessage, how: Rendering): Promise<Piece[]> {
  const pieces: Piece[] = []
  let text = ''
  let cards: object[] = []
  let suggested: Choice[] = []
  let rated = false
  const flush = () => {
    const texts = text ? splitText(teamsMarkdown(text), LONGEST) : ['']
    for (const [n, piece] of texts.entries()) {
      const last = n === texts.length - 1
      const draft: Draft = {
        type: 'message',
        ...(piece && { text: piece, textFormat: 'markdown' }),
        ...(last && cards.length > 0 && { attachments: cards }),
        ...(last && suggested.length > 0 && suggestions(suggested)),
        ...(last && rated && { channelData: { feedbackLoop: { type: 'default' } } }),
      }
      if (Object.keys(draft).length > 1) pieces.push({ draft })
    }
    ;[text, cards, suggested, rated] = ['', [], [], false]
  }
  const add = (card: object) => {
    if (JSON.stringify([...cards, card]).length > LONGEST) flush()
    cards.push(card)
  }
  const say = (more: string) => {
    if (cards.length > 0) flush()
    text = text ? `${text}\n\n${more}` : more
  }
  if (speaker) say(`**${speaker.replace(/[*_`~[\]<>]/g, '')}:**`)
  const alone = parts.every(({ type }) => type === 'text' || type === 'choices' || type === 'list')
  for (const part of parts) {
    if (part.type === 'text') say(part.text)
    else if (part.type === 'list') say(part.items.map((item) => `- ${item}`).join('\n'))
    else if (part.type === 'feedback') rated = true
    else if (part.type === 'choices') {
      if (how.personal && alone && suits(part.choices)) suggested = part.choices
      else add(adaptive([], part.choices))
    } else if (part.type === 'card') add(await card(part, how))
    else if (part.type === 'form') add(form(part.title, part.fields))
    else if (part.url.startsWith('https:')) {
      if (part.type === 'image') add({ contentType: 'image/*', contentUrl: part.url, name: part.alt })
      else say(`[${part.name.replace(/[[\]]/g, '')}](${encodeURI(decodeURI(part.url))})`)
    } else {
      const { bytes, type } = await how.read(part.url)
      const name = part.type === 'image' ? part.alt : part.name
      if (part.type === 'image' && bytes.length <= INLINE && type.startsWith('image/')) add(inline(name, type, bytes))
      else if (how.personal) {
        flush()
        pieces.push({ file: { url: part.url, name, bytes: bytes.length } })
      } else say(`📎 ${name} (Teams lets bots give files in personal chats only)`)
    }
  }
  flush()
  return pieces
}

function inline(name: string, type: string, bytes: Uint8Array): object {
  return { contentType: type, contentUrl: `data:${type};base64,${Buffer.from(bytes).toString('base64')}`, name }
}

/** Suggested actions send their label as if it was typed, so they serve where that says it all. */
function suits(choices: Choice[]): boolean {
  return choices.length <= BUTTONS && choices.every(({ label, value }) => label === value && label.length <= 40)
}

function suggestions(choices: Choice[]): object {
  const actions = choices.map(({ label, value }) => ({ type: 'imBack', title: label, value }))
  return { suggestedActions: { to: [], actions } }
}

async function card({ title, text, image, choices = [] }: Part & { type: 'card' }, how: Rendering): Promise<object> {
  const body: object[] = [{ type: 'TextBlock', text: title, weight: 'bolder', size: 'medium', wrap: true }]
  if (text) body.push({ type: 'TextBlock', text: text.slice(0, LONGEST / 2), wrap: true })
  if (image?.startsWith('https:')) body.unshift({ type: 'Image', url: image, altText: title })
  else if (image) {
    const { bytes, type } = await how.read(image)
    if (bytes.length <= INLINE && type.startsWith('image/')) {
      body.unshift({
        type: 'Image',
        url: `data:${type};base64,${Buffer.from(bytes).toString('base64')}`,
        altText: title,
      })
    }
  }
  return adaptive(body, choices)
}

/** Pressing sends a message that shows the label and carries the value. */
function button({ label, value }: Choice): object {
  const data = { choice: value, label }
  return {
    type: 'Action.Submit',
    title: label,
    data: { ...data, msteams: { type: 'messageBack', displayText: label, text: label, value: data } },
  }
}

function adaptive(body: object[], choices: Choice[]): object {
  const many = choices.length > BUTTONS
  return attached({
    body: many ? [...body, select('choice', '', choices)] : body,
    actions: many ? [{ type: 'Action.Submit', title: 'OK' }] : choices.map(button),
  })
}

function form(title: string, questions: FormField[]): object {
  return attached({
    body: [
      { type: 'TextBlock', text: title, weight: 'bolder', wrap: true },
      ...questions.map(({ name, label, choices, optional }) => ({
        ...(choices ? select(name, label, choices) : { type: 'Input.Text', id: name, label }),
        ...(!optional && { isRequired: true, errorMessage: label }),
      })),
    ],
    actions: [{ type: 'Action.Execute', verb: '', title: 'OK', fallback: { type: 'Action.Submit', title: 'OK' } }],
  })
}

function select(id: string, label: string, choices: Choice[]): object {
  const options = choices.map((one) => ({ title: one.label, value: one.value }))
  return { type: 'Input.ChoiceSet', id, ...(label && { label }), choices: options }
}

function attached(content: object): object {
  return {
    contentType: 'application/vnd.microsoft.card.adaptive',
    content: {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.5',
      ...content,
    },
  }
}
