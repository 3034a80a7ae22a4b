import { emitKeypressEvents, type Key } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import { reason } from '@colloquy/core'
import type { Review, Verdict } from './review.js'
import { type Prompt, screen } from './screen.js'

const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'

/** Reviews in a terminal, by keys alone, until the person quits or the signal aborts. */
export async function reviewInTerminal(
  review: Review,
  { input, output }: { input: ReadStream; output: WriteStream },
  signal: AbortSignal,
): Promise<void> {
  let prompt: Prompt | undefined
  let notice = ''
  const draw = () => {
    const { columns, rows } = output
    output.write(`\x1b[H\x1b[2J${screen(review.state(), prompt, notice, { columns, rows })}`)
  }
  const tell = async (verdict: Verdict) => {
    const { card } = review.state()
    if (card) await review.decide(verdict, card)
  }

  const press = async (text: string | undefined, key: Key): Promise<'quit' | undefined> => {
    notice = ''
    if (key.ctrl && (key.name === 'c' || key.name === 'd')) return 'quit'
    if (prompt) {
      prompt = await edit(prompt, text, key)
      return
    }
    const { card, intents } = review.state()
    if (key.name === 'q') return 'quit'
    if (key.name === 'u') return void (await review.undo())
    if (!card) return
    const ranked = card.ranking[Number(text) - 1]
    if (key.name === 'return' && card.suggestion !== null) await tell({ decision: 'accept', intent: card.suggestion })
    else if (key.name === 'return' || text === '/') prompt = { kind: 'choose', typed: '', matches: intents, at: 0 }
    else if (ranked) {
      await tell({ decision: ranked.intent === card.suggestion ? 'accept' : 'relabel', intent: ranked.intent })
    } else if (key.name === 'n') prompt = { kind: 'new', typed: '', matches: [], at: 0 }
    else if (key.name === 'o') await tell({ decision: 'oos' })
    else if (key.name === 's') await tell({ decision: 'skip' })
  }

  const edit = async (now: Prompt, text: string | undefined, key: Key): Promise<Prompt | undefined> => {
    const { kind, matches } = now
    if (key.name === 'escape') return undefined
    if (key.name === 'up' || key.name === 'down') {
      const at = Math.max(0, Math.min(matches.length - 1, now.at + (key.name === 'up' ? -1 : 1)))
      return { ...now, at }
    }
    if (key.name === 'return') {
      const typed = now.typed.trim()
      const intent = kind === 'new' ? typed : matches[now.at]
      if (!intent) return now
      // A new intent that is an old one is no new one.
      const known = review.state().intents.includes(intent)
      await tell({ decision: kind === 'new' && !known ? 'new' : 'relabel', intent })
      return undefined
    }
    const typed =
      key.name === 'backspace'
        ? [...now.typed].slice(0, -1).join('')
        : text && !key.ctrl && !key.meta && !/\p{Cc}/u.test(text)
          ? now.typed + text
          : now.typed
    const fits = (intent: string) => isWithin(typed.toLowerCase().replace(/\s+/g, ''), intent.toLowerCase())
    const found = kind === 'choose' ? review.state().intents.filter(fits) : []
    return { kind, typed, matches: found, at: 0 }
  }

  emitKeypressEvents(input)
  input.setRawMode(true)
  input.resume()
  output.write(ENTER)
  let end = () => {}
  // Keys that are pressed while a decision is written wait for it.
  let turn = Promise.resolve()
  const onKey = (text: string | undefined, key: Key) => {
    turn = turn
      .then(async () => {
        if ((await press(text, key)) === 'quit') end()
        else draw()
      })
      .catch((error) => {
        notice = `That was not written: ${reason(error)}`
        draw()
      })
  }
  try {
    draw()
    input.on('keypress', onKey)
    output.on('resize', draw)
    await new Promise<void>((resolve) => {
      end = resolve
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await turn
  } finally {
    input.off('keypress', onKey)
    output.off('resize', draw)
    output.write(LEAVE)
    input.setRawMode(false)
    input.pause()
  }
}

/** Whether the characters stand in the text in their order: `hotb` is `hotel_book`. */
function isWithin(characters: string, text: string): boolean {
  let at = 0
  for (const one of characters) {
    at = text.indexOf(one, at) + 1
    if (at === 0) return false
  }
  return true
}
