import { type Choice, type Part, plainText, splitText } from '@colloquy/core'
import type { types } from '@slack/bolt'
import { formButton } from './form.js'
import { defuse, mrkdwn } from './mrkdwn.js'

type Block = types.KnownBlock

/** The longest text of the `markdown` blocks of one message together. */
export const LONGEST = 12_000
const BLOCKS = 50
/** More choices than this are a menu, and so are those that a button would cut off. */
const BUTTONS = 5
const READABLE = 30
/** Slack's own limits, in characters: of a label, and of the values of options and buttons. */
const LABEL = 75
const OPTION_VALUE = 150
const OPTIONS = 100

/** One call of the Web API: a message of blocks, with the same in words, or a file. */
export type Piece = { blocks: Block[]; text: string } | { url: string; name: string; alt?: string }

/** A message as what is posted one after another. `id` comes back with a rating. */
export function render(parts: readonly Part[], id: string): Piece[] {
  const pieces: Piece[] = []
  let blocks: Block[] = []
  let words: string[] = []
  let length = 0
  const flush = () => {
    if (blocks.length > 0) pieces.push({ blocks, text: words.filter(Boolean).join('\n') })
    blocks = []
    words = []
    length = 0
  }
  const add = (block: Block, said: string) => {
    if (blocks.length === BLOCKS) flush()
    blocks.push(block)
    words.push(said)
  }
  const write = (markdown: string) => {
    for (const text of splitText(defuse(markdown), LONGEST)) {
      if (text.trim() === '') continue
      if (length + text.length > LONGEST) flush()
      length += text.length
      add({ type: 'markdown', text }, mrkdwn(text))
    }
  }
  const offer = (choices: Choice[] = []) => {
    if (choices.some(({ label }) => label.length > LABEL)) write(choices.map(({ label }) => `- ${label}`).join('\n'))
    for (const block of choiceBlocks(choices)) add(block, mrkdwn(plainText([{ type: 'choices', choices }])))
  }
  const show = (url: string, alt: string) => {
    if (/^https:/.test(url) && url.length <= 3000)
      return add({ type: 'image', image_url: url, alt_text: alt.slice(0, 2000) || ' ' }, mrkdwn(`${alt} ${url}`))
    flush()
    pieces.push({ url, name: alt, alt })
  }
  for (const part of parts) {
    if (part.type === 'text') write(part.text)
    else if (part.type === 'list') write(part.items.map((item) => `- ${item}`).join('\n'))
    else if (part.type === 'choices') offer(part.choices)
    else if (part.type === 'image') show(part.url, part.alt)
    else if (part.type === 'feedback') add(thumbs(id), '')
    else if (part.type === 'form') for (const button of formButton(part)) add(actions([button]), '')
    else if (part.type === 'card') {
      if (part.image) show(part.image, part.title)
      write([`**${part.title}**`, part.text].filter(Boolean).join('\n'))
      offer(part.choices)
    } else {
      flush()
      pieces.push({ url: part.url, name: part.name })
    }
  }
  flush()
  return pieces
}

/** Parts for the Home tab, which has no `markdown` blocks. */
export function renderHome(parts: readonly Part[]): Block[] {
  return parts.flatMap((part): Block[] => {
    const text = mrkdwn(plainText([part.type === 'card' ? { ...part, choices: [] } : part]))
    const choices = 'choices' in part ? choiceBlocks(part.choices ?? []) : []
    if (part.type === 'choices' || text === '') return choices
    return [{ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 3000), verbatim: true } }, ...choices]
  })
}

function choiceBlocks(choices: Choice[]): Block[] {
  const fits = choices.every(({ value }) => value.length <= OPTION_VALUE)
  const menu = fits && (choices.length > BUTTONS || choices.some(({ label }) => label.length > READABLE))
  const size = menu ? OPTIONS : BUTTONS
  const groups = Array.from({ length: Math.ceil(choices.length / size) }, (_, n) =>
    choices.slice(n * size, (n + 1) * size),
  )
  return groups.map((group, n) =>
    menu
      ? actions([{ type: 'static_select', action_id: `choice.${n}`, options: group.map(option) }])
      : actions(group.map((one, m) => ({ type: 'button', action_id: `choice.${n}.${m}`, ...option(one) }))),
  )
}

/** A choice as Slack has it in buttons and menus. */
export function option({ label, value }: Choice) {
  return { text: plain(label || value), value }
}

/** A text without mark-up, cut off where Slack would refuse it. */
export function plain(text: string, limit = LABEL): types.PlainTextElement {
  return { type: 'plain_text', text: text.length > limit ? `${text.slice(0, limit - 1)}…` : text, emoji: false }
}

function actions(elements: types.ActionsBlockElement[]): Block {
  return { type: 'actions', elements }
}

function thumbs(id: string): Block {
  return {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'rate',
        positive_button: { text: plain('👍'), value: `1 ${id}` },
        negative_button: { text: plain('👎'), value: `-1 ${id}` },
      },
    ],
  }
}
