import { once } from 'node:events'
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { readExamples } from '@colloquy/trainer'

/** The same numbers in every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 8) / 2 ** 24
  }
}

/** What customers of the example bank say, and now and then something personal. */
async function sayings(draw: () => number): Promise<() => string> {
  const examples = await readExamples(['examples/bank/banking77.jsonl.gz'])
  const number = (digits: number) =>
    Math.floor(draw() * 10 ** digits)
      .toString()
      .padStart(digits, '0')
  return () => {
    const { text } = examples[Math.floor(draw() * examples.length)] as { text: string }
    const kind = draw()
    if (kind < 0.01) return `${text} Write to user${number(5)}@mail.example.`
    if (kind < 0.02) return `${text} Call me: +44 20 7946 ${number(4)}`
    if (kind < 0.05) return `${text} Order ${number(8)}.`
    return text
  }
}

const START = Date.UTC(2013, 0, 1)

/** A chat of many visits, a message a line, as Android exports it. */
export async function whatsapp(folder: string, count: number): Promise<string> {
  const draw = random(1)
  const say = await sayings(draw)
  const file = join(folder, 'WhatsApp Chat with Anna Miller.txt')
  const out = createWriteStream(file)
  let time = START
  let lines = ''
  for (let n = 0; n < count; n++) {
    time += (draw() < 0.04 ? 3600 + draw() * 7200 : 5 + draw() * 60) * 1000
    const [year, month, day] = new Date(time).toISOString().slice(0, 10).split('-')
    const clock = new Date(time).toISOString().slice(11, 16)
    lines += `${day}/${month}/${year}, ${clock} - ${draw() < 0.5 ? 'Anna Miller' : 'Marram Bank'}: ${say()}\n`
    if (lines.length > 1e6) {
      if (!out.write(lines)) await once(out, 'drain')
      lines = ''
    }
  }
  out.end(lines)
  await finished(out)
  return file
}

const [CHANNELS, PEOPLE, AGENTS] = [20, 500, 12]

/** A workspace of twenty channels with threads, a file for each channel and day, each message with its blocks. */
export async function slack(folder: string, count: number): Promise<string> {
  const draw = random(2)
  const say = await sayings(draw)
  const root = join(folder, 'slack')
  mkdirSync(root)
  const users = Array.from({ length: PEOPLE }, (_, n) => {
    const profile = { real_name: `Given${n} Family${n}`, display_name: `given.${n}`, email: `given.${n}@mail.example` }
    return { id: `U${1000 + n}`, name: `given.${n}`, is_bot: false, real_name: profile.real_name, profile }
  })
  const channels = Array.from({ length: CHANNELS }, (_, n) => ({ id: `C${n}`, name: `help-${n}` }))
  writeFileSync(join(root, 'users.json'), JSON.stringify(users))
  writeFileSync(join(root, 'channels.json'), JSON.stringify(channels))
  for (const { name } of channels) mkdirSync(join(root, name))
  const perDay = 200
  for (let written = 0, file = 0; written < count; file++) {
    const messages = day(START + Math.floor(file / CHANNELS) * 86_400_000, Math.min(perDay, count - written), draw, say)
    const date = new Date(START + Math.floor(file / CHANNELS) * 86_400_000).toISOString().slice(0, 10)
    writeFileSync(join(root, `help-${file % CHANNELS}`, `${date}.json`), JSON.stringify(messages, undefined, 4))
    written += messages.length
  }
  return root
}

function day(start: number, count: number, draw: () => number, say: () => string): object[] {
  const messages: object[] = []
  let time = start / 1000
  while (messages.length < count) {
    time += 60 + draw() * 200
    const replies = Math.min(Math.floor(draw() * 6), count - messages.length - 1)
    const root = time.toFixed(6)
    for (let n = 0; n <= replies; n++) {
      const user = `U${1000 + (n % 2 === 1 ? Math.floor(draw() * AGENTS) : AGENTS + Math.floor(draw() * (PEOPLE - AGENTS)))}`
      const thread = replies > 0 ? { thread_ts: root } : {}
      const first =
        replies > 0 && n === 0 ? { reply_count: replies, latest_reply: (time + replies * 9).toFixed(6) } : {}
      messages.push({ ...message((time + n * 9).toFixed(6), user, say(), draw), ...thread, ...first })
    }
  }
  return messages
}

function message(ts: string, user: string, text: string, draw: () => number): object {
  const id = () =>
    Math.floor(draw() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const section = { type: 'rich_text_section', elements: [{ type: 'text', text }] }
  return {
    client_msg_id: `${id()}-4bf4-9d2b-8a1b-${id()}`,
    type: 'message',
    text,
    user,
    ts,
    team: 'T0123456',
    blocks: [{ type: 'rich_text', block_id: id().slice(0, 5), elements: [section] }],
  }
}
