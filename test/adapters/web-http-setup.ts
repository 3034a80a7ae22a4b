import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type WebOptions, web } from '@colloquy/adapters/web'
import { afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import type { Answer, Uploaded } from '../../packages/adapters/dist/web/protocol.js'
import { Host } from './host.js'

export let host: Host
export let folder: string
export let stops: (() => unknown)[]
export let url: string

beforeEach(() => {
  host = new Host()
  folder = mkdtempSync(join(tmpdir(), 'colloquy-files-'))
  stops = [() => rmSync(folder, { recursive: true, force: true })]
})

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
})

export async function serve(options: WebOptions = {}) {
  const channel = await host.start(web({ port: 0, uploads: { folder }, ...options }))
  stops.push(() => channel.stop())
  url = channel.url
  return channel
}

export function post(what: string, body: string | Blob, headers: Record<string, string>): Promise<Response> {
  return fetch(url + what, { method: 'POST', body, headers })
}

export function bearer(secret: string): { authorization: string } {
  return { authorization: `Bearer ${secret}` }
}

export async function say(secret: string, draft: object): Promise<[number, Answer]> {
  const response = await post('messages', JSON.stringify(draft), bearer(secret))
  return [response.status, (await response.json()) as Answer]
}

export async function upload(secret: string, name: string, type: string, bytes: string): Promise<Uploaded> {
  const response = await post(`uploads?name=${encodeURIComponent(name)}`, new Blob([bytes], { type }), bearer(secret))
  expect(response.status).toBe(201)
  return (await response.json()) as Uploaded
}

/** What somebody hears who never ends the head of a request; it takes as long as all tests before. */
export let slow: Promise<string>

beforeAll(async () => {
  const channel = await new Host().start(web({ port: 0, uploads: false }))
  const socket = connect(Number(new URL(channel.url).port), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n')
  slow = text(socket).finally(() => channel.stop())
})

/** The events of a stream, as far as they have come. */
export async function listen(headers: Record<string, string> = {}) {
  const response = await fetch(`${url}events`, { headers })
  const heard: { event: string; data: unknown; id: string | undefined }[] = []
  const read = async () => {
    let rest = ''
    for await (const chunk of Readable.fromWeb(response.body as never).setEncoding('utf8')) {
      const blocks = (rest + chunk).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, event = ''] = /^event: (.*)$/m.exec(block) ?? []
        const [, data = 'null'] = /^data: (.*)$/m.exec(block) ?? []
        if (event) heard.push({ event, data: JSON.parse(data), id: /^id: (.*)$/m.exec(block)?.[1] })
      }
    }
  }
  void read().catch(() => {})
  const next = (count: number) => vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(count), 10_000)
  return { response, heard, next }
}

export const texts = (parts: unknown) => JSON.stringify(parts)
