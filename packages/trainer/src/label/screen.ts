import { styleText } from 'node:util'
import { percent, thousands } from '../format.js'
import type { State } from './card.js'

/** What is typed, and the intents that fit it. */
export interface Prompt {
  kind: 'choose' | 'new'
  typed: string
  matches: string[]
  at: number
}

const SHOWN = 8

/** A screen of the terminal: the item, what is known of it, and the keys, no wider and no higher than it is. */
export function screen(
  state: State,
  prompt: Prompt | undefined,
  notice: string,
  size: { columns: number; rows: number },
): string {
  const width = Math.max(20, size.columns)
  const { card } = state
  const head = styleText('dim', `${thousands(state.decided)} decided · ${thousands(state.left)} left`)
  const foot = prompt ? typing(prompt, width) : keys(state, width)
  if (notice) foot.unshift(styleText('yellow', cut(notice, width)))
  if (!card) return fit([head, '', 'Everything is decided.'], foot, size.rows)
  const body = [
    head,
    '',
    ...card.context.flatMap(({ role, text, action, here }) => {
      const name = `${here ? '▶' : ' '} ${role.padEnd(9)}`
      const more = action === undefined ? '' : `  [${action}]`
      const lines = wrap(`${text}${more}`, width - 12)
      return lines.slice(0, here ? 6 : 2).map((line, i) => {
        const whole = `${i === 0 ? name : ' '.repeat(11)} ${line}`
        return here ? styleText('bold', whole) : styleText('dim', whole)
      })
    }),
    ...(card.count > 1 ? ['', styleText('dim', `  said ${thousands(card.count)} times`)] : []),
    '',
    ...card.ranking.flatMap(({ intent, confidence, nearest }, i) => [
      `  ${styleText('cyan', String(i + 1))}  ${cut(intent, width - 16).padEnd(28)} ${percent(confidence).padStart(7)}`,
      ...nearest.map((text) => styleText('dim', cut(`       “${clean(text)}”`, width))),
    ]),
    ...(card.outOfScope ? ['', styleText('magenta', '  The model knows nothing like it.')] : []),
    ...(card.votes.length > 0 ? [''] : []),
    ...card.votes.map(({ name, intent }) => cut(`  ${name} → ${intent}`, width)),
    ...(card.decision ? ['', `  was: ${card.decision.decision} ${card.decision.intent ?? ''}`] : []),
  ]
  return fit(body, foot, size.rows)
}

function keys({ card, canUndo }: State, width: number): string[] {
  const all = [
    ...(card ? [`⏎ ${card.suggestion === null ? 'choose' : `accept ${card.suggestion}`}`] : []),
    ...(card && card.ranking.length > 0 ? [`1–${card.ranking.length} relabel`] : []),
    ...(card ? ['/ other intent', 'n new intent', 'o out of scope', 's skip'] : []),
    ...(canUndo ? ['u undo'] : []),
    'q quit',
  ]
  return wrap(all.join('   '), width).map((line) => styleText('inverse', line.padEnd(width)))
}

function typing({ kind, typed, matches, at }: Prompt, width: number): string[] {
  const from = Math.max(0, Math.min(at - SHOWN + 1, matches.length - SHOWN))
  return [
    `${kind === 'new' ? 'New intent' : 'Intent'}: ${typed}█`,
    ...matches.slice(from, from + SHOWN).map((intent, i) => {
      const line = cut(`  ${intent}`, width)
      return from + i === at ? styleText('inverse', line) : line
    }),
    styleText('dim', kind === 'new' ? '⏎ take it   esc back' : '↑↓ choose   ⏎ take it   esc back'),
  ]
}

/** The keys stand at the bottom, whatever is above them. */
function fit(body: string[], foot: string[], rows: number): string {
  const room = Math.max(0, rows - foot.length)
  const shown = body.slice(0, room)
  return [...shown, ...Array.from({ length: room - shown.length }, () => ''), ...foot].join('\r\n')
}

/** What a customer wrote moves no cursor. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
}

function cut(text: string, width: number): string {
  const [line = ''] = wrap(text, width - 1)
  return line.length < text.trimEnd().length ? `${line}…` : line
}

/** Lines of at most so many columns, broken between words where that is possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let [line, used] = ['', 0]
  for (const word of clean(text).match(/\s+|\p{Script=Han}|[^\s\p{Script=Han}]+/gu) ?? []) {
    for (const piece of columns(word) > width ? [...word] : [word]) {
      if (used + columns(piece) > width && line.trim() !== '') {
        lines.push(line)
        ;[line, used] = ['', 0]
        if (!piece.trim()) continue
      }
      line += piece
      used += columns(piece)
    }
  }
  return [...lines, line]
}

function columns(text: string): number {
  return [...text].reduce(
    (sum, one) => sum + (/[\p{Script=Han}\p{Emoji_Presentation}\uff00-\uff60]/u.test(one) ? 2 : 1),
    0,
  )
}
