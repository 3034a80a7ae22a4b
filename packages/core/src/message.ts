/** A JSON value: whatever a conversation document, a step result or an address may hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Whether a value is JSON through and through, so that a store gives it back as it was. */
export function isJson(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every(isJson)
  if (typeof value !== 'object' || value === null) {
    return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  }
  const prototype = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson)
}

/** What JSON would make of a value. Plain data is copied, which is far quicker than to write and read it. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return isJson(value) ? value : throughText(value)
  if (Array.isArray(value)) return value.map(copyOf) as T
  if (Object.getPrototypeOf(value) !== Object.prototype) return throughText(value)
  const copy = { ...value }
  for (const key in copy) {
    const part = copy[key]
    if (typeof part === 'object' && part !== null) copy[key] = copyOf(part)
    else if (!isJson(part)) return throughText(value)
  }
  return copy
}

function throughText<T>(value: T): T {
  return JSON.parse(JSON.stringify(value) ?? 'null')
}

/** A file that travels with a message. */
export interface Attachment {
  name: string
  /** Media type, such as `image/png`. */
  type: string
  /** A `data:` or `https:` URL, or one that only the channel itself can read: `NAME:` and whatever it needs (`slack:F123`). */
  url: string
  /** Bytes, where the channel tells. */
  size?: number
}

/**
 * What a person said, as an adapter hands it to the engine.
 *
 * @example
 * ```ts
 * const message: IncomingMessage = {
 *   id: 'm1', channel: 'web', conversation: 'web:7f3a', person: 'web:7f3a', text: 'Where is my card?', address: { room: '7f3a' },
 * }
 * ```
 */
export interface IncomingMessage {
  /** The remote service's id of this message: a second delivery carries the same one. */
  id: string
  /** The name of the channel that received it. */
  channel: string
  /** One conversation on this channel; unique across channels, so adapters prefix it with their name. */
  conversation: string
  person: string
  /** What the person is called, where the channel knows it. */
  name?: string
  text: string
  /**
   * False for what people say to each other where the bot listens too, such as a thread: it is handled only where the bot
   * takes part in that conversation already.
   */
  addressed?: false
  /** The value of the choice that was pressed, where it was not typed. */
  choice?: string
  /** What was typed into a form, by the names of its fields; those left empty are empty or left out. */
  fields?: Record<string, string>
  attachments?: Attachment[]
  /** A rating instead of a text: 1 and -1 for thumbs. `message` is the id of what is rated, where one message is. */
  feedback?: { value: number; message?: string }
  /** A BCP 47 tag such as `en` or `zh-CN`, where the channel knows it. */
  locale?: string
  /** When the engine received it, in milliseconds since 1970. Adapters leave it out. */
  received?: number
  /** Whatever the adapter needs to answer; opaque to the engine, refreshed by every message. */
  address: Json
}

/** One thing that the customer may press instead of typing. */
export interface Choice {
  label: string
  value: string
}

/** One question of a form. */
export interface FormField {
  /** Its key in {@link IncomingMessage.fields}. */
  name: string
  label: string
  /** What it can be answered with: the value of one of these, where they are given. */
  choices?: Choice[]
  optional?: boolean
}

/** What a message is made of. An adapter renders each part natively, or as readable text where its channel lacks it. */
export type Part =
  | { type: 'text'; text: string }
  | { type: 'choices'; choices: Choice[] }
  | { type: 'card'; title: string; text?: string; image?: string; choices?: Choice[] }
  | { type: 'image'; url: string; alt: string }
  | { type: 'file'; url: string; name: string }
  | { type: 'list'; items: string[] }
  /** Several questions to answer at once. The text beside it asks the first: a channel without forms leaves it out. */
  | { type: 'form'; title: string; fields: FormField[] }
  /** Asks for thumbs, which come back as {@link IncomingMessage.feedback}: a channel that has none leaves it out. */
  | { type: 'feedback' }

/** What a person sent, as parts to pass on; `limit` in characters. */
export function partsOf({ text, attachments = [] }: IncomingMessage, limit = Infinity): Part[] {
  const files = attachments.map(
    ({ url, name, type }): Part =>
      type.startsWith('image/') ? { type: 'image', url, alt: name } : { type: 'file', url, name },
  )
  return text === '' ? files : [{ type: 'text', text: text.slice(0, limit) }, ...files]
}

/** Parts as a person would write them down, where nothing else than text can be shown. */
export function plainText(parts: readonly Part[]): string {
  return parts
    .map(partText)
    .filter((text) => text !== '')
    .join('\n')
}

function partText(part: Part): string {
  const buttons = (choices: Choice[] = []) => choices.map(({ label }) => `[${label}]`).join(' ')
  switch (part.type) {
    case 'text':
      return part.text
    case 'choices':
      return buttons(part.choices)
    case 'card':
      return [part.title, part.text, buttons(part.choices)].filter(Boolean).join('\n')
    case 'image':
      return part.alt
    case 'file':
      return part.name
    case 'list':
      return part.items.map((item) => `- ${item}`).join('\n')
    case 'form':
    case 'feedback':
      return ''
  }
}

/** One bubble of the bot's. `text` parts are Markdown. */
export interface OutgoingMessage {
  /** `conversation.version.n`: sending it twice with one id must show it once. */
  id: string
  parts: Part[]
  /** The name of the person who says it, where it is not the bot. */
  speaker?: string
  /** Set where it may have been sent before, as far as the engine knows: a channel that can look whether it was, does so. */
  again?: true
}
