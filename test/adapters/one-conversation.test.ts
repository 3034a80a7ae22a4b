import { afterAll, expect, it, vi } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { remote as terminal } from './console-remote.js'
import type { RemoteModule, Seen } from './contract/remote.js'
import { Room } from './contract/room.js'
import { PATIENCE, Talk } from './contract/talk.js'
import { remote as slack } from './slack-remote.js'
import { remote as teams } from './teams-botbuilder.js'
import { remote as web } from './web-remote.js'
import { remote as cloud } from './whatsapp-cloud-remote.js'
import { remote as linked } from './whatsapp-remote.js'

const CHANNELS: Record<string, RemoteModule> = {
  Slack: slack,
  Teams: teams,
  'WhatsApp (Cloud API)': cloud,
  'WhatsApp (linked device)': linked,
  Web: web,
  Console: terminal,
}

/** What the customer does, what an agent writes, and what the bot's answer to it ends with. */
const SCRIPT: ({ customer: string } | { press: string } | { agent: string })[] = [
  { customer: 'A refund for order 123456, please.' },
  { customer: 'Where is it?' },
  { press: 'late' },
  { customer: 'Sorry, the order is 654321.' },
  { press: 'Yes' },
  { customer: 'human' },
  { agent: 'Hello, let me see.' },
  { agent: '/done' },
]
const ENDS = ['What went wrong?', 'What went wrong?', 'Refund order 123456?', 'Refund order 654321?', 'is refunded']
ENDS.push('colleague', 'let me see.', 'I am back')

type Turn = { does: string; says: Seen[] }

async function hold(module: RemoteModule): Promise<Turn[]> {
  const talk = new Talk(module)
  const room = new Room()
  const turns: Turn[] = []
  await talk.begin()
  try {
    await talk.start({ desk: { channel: 'desk', room: 'support' } }, [room])
    let before = 0
    for (const [n, step] of SCRIPT.entries()) {
      if ('customer' in step) await talk.remote.write(step.customer)
      else if ('press' in step) await talk.remote.press(step.press)
      else {
        await vi.waitFor(() => expect(room.threads).toHaveLength(1), PATIENCE)
        await room.write('desk:thread1', step.agent, { name: 'Mia' })
      }
      const says = await vi.waitFor(async () => {
        const fresh = (await talk.remote.seen()).slice(before)
        expect(fresh.map(({ text }) => text).join('\n')).toContain(ENDS[n])
        return fresh
      }, PATIENCE)
      before += says.length
      turns.push({
        does: 'customer' in step ? step.customer : 'press' in step ? `[${step.press}]` : `Mia: ${step.agent}`,
        says,
      })
    }
    return turns
  } finally {
    await talk.end()
    talk.dispose()
  }
}

/** What a turn says, without how this channel writes it. */
function meaning({ says }: Turn): { text: string; choices: string[] } {
  const choices = says.flatMap((one) => one.choices)
  const shown = (line: string) => choices.includes(line.replace(/^\W*\d+\W+/, ''))
  const lines = says.flatMap(({ text }) => text.split('\n')).filter((line) => !shown(line))
  const text = choices
    .reduce((all, label) => all.replace(`[${label}]`, ''), lines.join(' '))
    .replace(/[*_~`>]/g, '')
    .replace(/^Mia: /, '')
    .replace(/\s+/g, ' ')
    .trim()
  return { text, choices }
}

/** The conversation as each channel shows it, as a table for people. */
function table(transcripts: Map<string, Turn[]>): string {
  const cell = (says: Seen[]) =>
    says
      .map(({ text, choices, by }) => {
        const listed = (label: string) => new RegExp(`^\\W*\\d+\\W+${label}$`, 'm').test(text)
        const buttons = choices.filter((label) => !listed(label)).map((label) => `<kbd>${label}</kbd>`)
        const words = text.replace(/\n?(\[\w+\] ?)+$/, '')
        const lines = [by && !text.includes(by) ? `(${by})` : '', ...words.split('\n'), buttons.join(' ')]
        return lines
          .filter(Boolean)
          .map((line) => line.replaceAll('|', '\\|'))
          .join('<br>')
      })
      .join('<br><br>')
  const names = [...transcripts.keys()]
  const rows = SCRIPT.map((_, n) => {
    const turns = [...transcripts.values()].map((turns) => turns[n] as Turn)
    return `| ${[turns[0]?.does ?? '', ...turns.map(({ says }) => cell(says))].join(' | ')} |`
  })
  return `# One conversation on every channel

Slot filling, a digression, a correction, and a handover to Mia and back, through each channel's real library and a stand-in for
its service, as people see it there. [The test](../test/adapters/one-conversation.test.ts) checks that all mean the same, and that
this page is what they show.

| customer | ${names.join(' | ')} |
|${'---|'.repeat(names.length + 1)}
${rows.join('\n')}
`
}

describeInBrowser('one conversation', { timeout: 120_000 }, () => {
  const transcripts = new Map<string, Turn[]>()
  afterAll(() => transcripts.clear())

  it.each(Object.keys(CHANNELS))('is held on %s', async (name) => {
    transcripts.set(name, await hold(CHANNELS[name] as RemoteModule))
  })

  it('means the same on all of them', () => {
    expect([...transcripts.keys()]).toEqual(Object.keys(CHANNELS))
    const meanings = [...transcripts].map(([name, turns]) => [name, turns.map(meaning)])
    const [[, first] = []] = meanings
    expect(Object.fromEntries(meanings)).toEqual(Object.fromEntries(meanings.map(([name]) => [name, first])))
  })

  it('is shown side by side in the documentation', async () => {
    await expect(table(transcripts)).toMatchFileSnapshot('../../docs/one-conversation.md')
  })
})
