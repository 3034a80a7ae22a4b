import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { type Channel, type ChannelHost, type Choice, type Part, reason } from '@colloquy/core'

/** A terminal as a channel. A line is what somebody says; `#ID text` gives it an id, which is confirmed by `✓ ID`. */
export function terminal({ lines, print, close } = stdio()): Channel {
  let host: ChannelHost

  async function listen(): Promise<void> {
    for await (const line of lines) {
      // Parse: who, where, and what. The id must be the same when a message comes again.
      const [, id, said = ''] = /^(?:#(\S+) ?)?(.*)$/s.exec(line) ?? []
      const [, url, type = '', name = ''] = /^(data:([^;,]+)\S*) ?(.*)$/s.exec(said) ?? []
      const rating = /^[+-]1$/.test(said) ? { value: Number(said) } : undefined
      const from = { channel: 'console', conversation: 'console:1', person: 'console:1', address: null }
      const more = { ...(url && { attachments: [{ name, type, url }] }), ...(rating && { feedback: rating }) }
      try {
        await host.receive({ ...from, id: id ?? randomUUID(), text: url || rating ? '' : said, ...more })
        if (id) await print(`✓ ${id}`) // Acknowledge: it is durable now.
      } catch (error) {
        host.log.warn({ reason: reason(error) }, 'console: a message was not taken')
      }
    }
  }

  return {
    name: 'console',
    async start(given) {
      host = given
      void listen()
    },
    async send(_address, { parts, speaker = 'bot' }) {
      const said = await Promise.all(parts.map((part) => readable(part, host)))
      await print(`${speaker}> ${said.filter(Boolean).join('\n')}`) // What it throws is tried again.
    },
    typing: async (_address, soFar = '') => print(`… ${soFar}`),
    stop: async () => close(),
  }
}

async function readable(part: Part, host: ChannelHost): Promise<string> {
  const numbered = (choices: Choice[] = []) => choices.map(({ label }, n) => `(${n + 1}) ${label}`).join('\n')
  if (part.type === 'text') return part.text
  if (part.type === 'choices') return numbered(part.choices)
  if (part.type === 'list') return part.items.map((item) => `- ${item}`).join('\n')
  if (part.type === 'image') return `[image ${part.alt}]`
  if (part.type === 'file') return `[file ${part.name}: ${(await host.file(part.url)).bytes.length} bytes]`
  if (part.type !== 'card') return ''
  return [part.title, part.text, part.image && `[image ${part.title}]`, numbered(part.choices)]
    .filter(Boolean)
    .join('\n')
}

function stdio() {
  const lines: AsyncIterable<string> & { close(): void } = createInterface({ input: process.stdin })
  const print = (text: string): void | Promise<void> => console.log(text)
  return { lines, print, close: () => lines.close() }
}
