import { type Choice, type Part, splitText } from '@colloquy/core'
import type { types } from '@slack/bolt'
import { formButton } from './form.js'
import { defuse, mrkdwn } from './mrkdwn.js'

type Block = types.KnownBlock

/** The longest text of the `markdown` blocks of one message together, and how many blocks it may have. */
export const LONGEST = 12_000
const BLOCKS = 50
/** More choices than this are a menu, and so are those with longer labels, which a button would cut off. */
const BUTTONS = 5
const READABLE = 30
/** Slack's own limits in characters, and of the options of a menu. */
const LABEL = 75
const OPTION_VALUE = 150
const OPTIONS = 100

/** One call of the Web API: a message of blocks, with the same in words, or a file. */
export type Piece = { blocks: Block[]; text: string } | { url: string; name: string; alt?: string }

/** A message as what is posted one after another. `id` comes back with a rating. */
export function render(parts: readonly Part[], id: string): Piece[] {
  const pieces: Piece[] = []
  const add = (block: Block, words = '') => {
    const last = pieces.at(-1)
    const room = last && 'blocks' in last && last.blocks.length < BLOCKS && lengthOf([...last.blocks, block]) <= LONGEST
    if (room)
      Object.assign(last, { blocks: [...last.blocks, block], text: [last.text, words].filter(Boolean).join('\n') })
    else pieces.push({ blocks: [block], text: words })
  }
  const write = (markdown: string) => {
    for (const text of splitText(defuse(markdown), LONGEST))
      if (text.trim()) add({ type: 'markdown', text }, mrkdwn(text))
  }
  const show = (url: string, alt: string) => {
    if (!/^https:.{1,2900}$/.test(url)) pieces.push({ url, name: alt, alt })
    else add({ type: 'image', image_url: url, alt_text: alt.slice(0, 2000) || ' ' }, mrkdwn(`${alt} ${url}`))
  }
  for (const part of parts) {
    if (part.type === 'image') show(part.url, part.alt)
    else if (part.type === 'file') pieces.push({ url: part.url, name: part.name })
    else if (part.type === 'feedback') add(thumbs(id))
    else {
      if (part.type === 'card' && part.image) show(part.image, part.title)
      write(markdownOf(part))
      for (const block of actionsOf(part)) add(block)
    }
  }
  return pieces
}

/** Parts for the Home tab, which has no `markdown` blocks. */
export function renderHome(parts: readonly Part[]): Block[] {
  return parts.flatMap((part): Block[] => {
    const text = mrkdwn(markdownOf(part)).slice(0, 3000)
    return [
      ...(text ? [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } } as const] : []),
      ...actionsOf(part),
    ]
  })
}

function markdownOf(part: Part): string {
  if (part.type === 'text') return part.text
  if (part.type === 'card') return [`**${part.title}**`, part.text].filter(Boolean).join('\n')
  // Labels that are cut off where they are pressed stand in full above.
  const long = part.type === 'choices' && part.choices.some(({ label }) => label.length > LABEL)
  const items = part.type === 'list' ? part.items : long ? part.choices.map(({ label }) => label) : []
  return items.map((item) => `- ${item}`).join('\n')
}

function actionsOf(part: Part): Block[] {
  if (part.type === 'form') return formButton(part).map((button) => ({ type: 'actions', elements: [button] }))
  const choices = 'choices' in part ? (part.choices ?? []) : []
  const short = choices.length <= BUTTONS && choices.every(({ label }) => label.length <= READABLE)
  const menu = !short && choices.every(canSelect)
  const size = menu ? OPTIONS : BUTTONS
  return Array.from({ length: Math.ceil(choices.length / size) }, (_, n) => {
    const options = choices.slice(n * size, (n + 1) * size).map(option)
    const button = (one: types.PlainTextOption, m: number) => ({
      type: 'button' as const,
      action_id: `choice.${n}.${m}`,
      ...one,
    })
    const select = { type: 'static_select' as const, action_id: `choice.${n}`, options }
    return { type: 'actions', elements: menu ? [select] : options.map(button) }
  })
}

/** Whether a menu can hold it. */
export function canSelect({ value }: Choice): boolean {
  return value.length <= OPTION_VALUE
}

/** A choice as Slack has it in buttons and menus. */
export function option({ label, value }: Choice) {
  return { text: plain(label || value), value }
}

/** A text without mark-up, cut off where Slack would refuse it. */
export function plain(text: string, limit = LABEL): types.PlainTextElement {
  const cut = text.length > limit ? `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…` : text
  return { type: 'plain_text', text: cut, emoji: false }
}

function thumbs(id: string): Block {
  const button = (label: string, value: number) => ({ text: plain(label), value: `${value} ${id}` })
  const buttons = { positive_button: button('👍', 1), negative_button: button('👎', -1) }
  return { type: 'context_actions', elements: [{ type: 'feedback_buttons', action_id: 'rate', ...buttons }] }
}

function lengthOf(blocks: Block[]): number {
  return blocks.reduce((sum, block) => sum + (block.type === 'markdown' ? block.text.length : 0), 0)
}
