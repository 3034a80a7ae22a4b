import { type Choice, ColloquyError, type FileContent, splitText } from '@colloquy/core'
import { type Bubble, LONGEST, numbered } from '../whatsapp-shared/bubbles.js'
import { named } from '../whatsapp-shared/media.js'

/** What the Cloud API takes at most: buttons and characters on one, rows of a list and characters of their parts. */
const BUTTONS = 3
const BUTTON = 20
const ROWS = 10
const ROW = 24
const DESCRIPTION = 72
const ID = 256
/** Images that it shows, and how large they may be, in bytes; others travel as documents. */
const SHOWN = ['image/jpeg', 'image/png']
const LARGEST = 5 * 1024 * 1024

export type Payload = Record<string, unknown>

/** What a file needs on its way. */
export interface Files {
  read(url: string): Promise<FileContent>
  /** Gives the id under which the service has it. */
  upload(file: FileContent): Promise<string>
}

/** How choices are offered: as buttons, as a list that opens, or as a numbered text where neither takes them. */
function offered(choices: readonly Choice[]): 'buttons' | 'list' | 'numbered' {
  const differ = (of: (choice: Choice) => string) => new Set(choices.map(of)).size === choices.length
  const fit = (longest: number) =>
    choices.every(({ label, value }) => label.trim() && label.length <= longest && value && value.length <= ID)
  if (!differ(({ value }) => value) || !differ(({ label }) => cut(label))) return 'numbered'
  if (choices.length <= BUTTONS && fit(BUTTON)) return 'buttons'
  return choices.length <= ROWS && fit(DESCRIPTION) ? 'list' : 'numbered'
}

/** The calls that a bubble takes, each made when its turn comes. */
export function payloads(bubble: Bubble, files: Files, listButton: string): (() => Promise<Payload>)[] {
  switch (bubble.type) {
    case 'text':
      return [async () => text(bubble.text)]
    case 'file':
      return [() => media(bubble, files)]
    case 'choices': {
      const { choices, image } = bubble
      const how = offered(choices)
      if (how === 'buttons') return [() => buttons(bubble, files)]
      const picture = image === undefined ? [] : [() => media({ url: image, name: 'image', image: true }, files)]
      if (how === 'list') return [...picture, async () => list(bubble, listButton)]
      const lines = splitText(numbered(bubble), LONGEST)
      return [...picture, ...lines.map((one) => async () => text(one))]
    }
  }
}

function text(body: string): Payload {
  return { type: 'text', text: { body } }
}

async function buttons({ text, choices, image }: Bubble & { type: 'choices' }, files: Files): Promise<Payload> {
  const shown = image === undefined ? undefined : await media({ url: image, name: 'image', image: true }, files)
  const replies = choices.map(({ label, value }) => ({ type: 'reply', reply: { id: value, title: label } }))
  const header = shown?.type === 'image' && { header: { type: 'image', image: shown.image } }
  return {
    type: 'interactive',
    interactive: { type: 'button', ...header, body: { text }, action: { buttons: replies } },
  }
}

function list({ text, choices }: Bubble & { type: 'choices' }, button: string): Payload {
  const rows = choices.map(({ label, value }) => {
    const title = cut(label)
    return { id: value, title, ...(title !== label && { description: label }) }
  })
  return {
    type: 'interactive',
    interactive: { type: 'list', body: { text }, action: { button, sections: [{ rows }] } },
  }
}

/** The title of a row. */
function cut(label: string): string {
  return label.length <= ROW ? label : `${label.slice(0, ROW - 1).replace(/\p{Cs}$/u, '')}…`
}

async function media(
  { url, name, image, text: caption }: Omit<Bubble & { type: 'file' }, 'type'>,
  files: Files,
): Promise<Payload> {
  let file: FileContent
  try {
    file = await files.read(url)
  } catch (error) {
    if (!(error instanceof ColloquyError && error.code === 'bad_message')) throw error
    // What can be read of it is better than nothing.
    return text([caption ?? name, ...(url.startsWith('https:') ? [url] : [])].join('\n'))
  }
  const said = caption !== undefined && { caption }
  const filename = named(name, file.type)
  const id = await files.upload({ ...file, name: filename })
  const shown = image && SHOWN.includes(file.type) && file.bytes.length <= LARGEST
  return shown ? { type: 'image', image: { id, ...said } } : { type: 'document', document: { id, filename, ...said } }
}
