import { once } from 'node:events'
import { createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { text as consume } from 'node:stream/consumers'
import type { Json } from '@colloquy/core'
import { vi } from 'vitest'
import { terminal } from '../../examples/console/channel.js'
import type { Remote, RemoteModule, Seen } from './contract/remote.js'
import { PATIENCE } from './contract/talk.js'

/** A terminal far away: its lines are one endless answer, and what is printed on it is posted. */
export const remote: RemoteModule = {
  place: import.meta.url,
  name: 'The console of the guide',
  channel: 'console',
  longest: Number.POSITIVE_INFINITY,
  has: { edit: false, typing: true, threads: false, room: false, bots: false, signed: false, limits: false },
  start,
  connect(options: Json) {
    const { url } = options as { url: string }
    const far = new PassThrough()
    const call = get(url, (lines) => lines.on('error', () => {}).pipe(far)).on('error', () => far.end())
    return terminal({
      lines: createInterface({ input: far }),
      async print(text) {
        const { ok } = await fetch(url, { method: 'POST', body: text })
        if (!ok) throw new Error('The terminal is broken.')
      },
      close: () => call.destroy(),
    })
  },
}

async function start(): Promise<Remote> {
  const printed: string[] = []
  const typed = new Map<string, string>()
  let reader: ServerResponse | undefined
  let broken = 0
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      reader = response.writeHead(200)
      reader.flushHeaders()
      response.once('close', () => {
        if (reader === response) reader = undefined
      })
      return
    }
    const text = await consume(request)
    if (!/^[✓…]/.test(text) && broken > 0) {
      broken--
      return void response.writeHead(503).end()
    }
    printed.push(text)
    response.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  const acknowledged = (id: string) => printed.filter((text) => text === `✓ ${id}`).length
  async function type(id: string): Promise<string> {
    const before = acknowledged(id)
    let asked: ServerResponse | undefined
    await vi.waitFor(() => {
      // What a terminal did not confirm before it hung up is typed on the next one.
      if (reader !== asked) reader?.write(`#${id} ${typed.get(id)}\n`)
      asked = reader
      if (acknowledged(id) === before) throw new Error('It was not acknowledged.')
    }, PATIENCE)
    return id
  }
  const say = (text: string) => {
    const id = `m${typed.size + 1}`
    typed.set(id, text)
    return id
  }
  return {
    options: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    async write(text, { files = [] } = {}) {
      const urls = files.map(
        (file) => `data:${file.type};base64,${Buffer.from(file.bytes).toString('base64')} ${file.name}`,
      )
      const [first, ...rest] = [...(text || files.length === 0 ? [text] : []), ...urls]
      const id = await type(say(first ?? ''))
      for (const line of rest) await type(say(line))
      return id
    },
    async again(id) {
      await type(id)
    },
    async redeliver() {
      for (const id of typed.keys()) if (acknowledged(id) === 0) await type(id)
    },
    async press(label) {
      const number = printed
        .flatMap((text) => [...text.matchAll(/\((\d+)\) (.*)/g)])
        .findLast((one) => one[2] === label)
      return type(say(number?.[1] ?? ''))
    },
    async rate(_message, value) {
      await type(say(value > 0 ? '+1' : '-1'))
    },
    seen: async () => printed.flatMap((text, n) => seen(text, String(n))),
    typing: () => printed.filter((text) => text.startsWith('…')).length,
    history: (id) => [printed[Number(id)] ?? ''],
    async forge() {
      await type(say('\u0000\u0007[[[[{"text":'))
      return 200
    },
    refuse(_how, calls) {
      broken = calls
    },
    async stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function seen(printed: string, id: string): Seen[] {
  const [, by = '', text = ''] = /^([^\n>✓…]+)> (.*)$/s.exec(printed) ?? []
  if (!by) return []
  const all = (pattern: RegExp) => [...text.matchAll(pattern)]
  return [
    {
      id,
      text,
      ...(by !== 'bot' && { by }),
      choices: all(/^\(\d+\) (.*)$/gm).map((one) => one[1] ?? ''),
      images: all(/\[image (.*?)\]/g).map((one) => one[1] ?? ''),
      files: all(/\[file (.*?): (\d+) bytes\]/g).map((one) => ({ name: one[1] ?? '', bytes: Number(one[2]) })),
    },
  ]
}
