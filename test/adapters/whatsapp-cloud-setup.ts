import { type WhatsAppCloudOptions, whatsappCloud } from '@colloquy/adapters/whatsapp-cloud'
import type { Part } from '@colloquy/core'
import { afterEach, beforeEach, expect } from 'vitest'
import { Host } from './host.js'
import { Graph } from './whatsapp-cloud-remote.js'
import { NUMBER, SECRET, TOKEN, VERIFY } from './whatsapp-cloud-wire.js'

export const CUSTOMER = 'whatsapp-cloud:4915112345678'
export const ADDRESS = { from: '4915112345678', to: '4915112345678', message: 'wamid.1' }
export const now = () => ({ ...ADDRESS, at: Date.now() })
export const seconds = (ago: number) => String(Math.floor(Date.now() / 1000) - ago)

export let graph: Graph
export let host: Host
export let stops: (() => unknown)[]

beforeEach(async () => {
  host = new Host(() => [])
  graph = await Graph.start()
  stops = [() => graph.stop()]
})

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  const said = host.warnings.join('\n')
  for (const secret of [TOKEN, SECRET, VERIFY]) expect(said).not.toContain(secret)
})

export async function start(options: Partial<WhatsAppCloudOptions> = {}) {
  const credentials = { token: TOKEN, phoneNumberId: NUMBER, appSecret: SECRET, verifyToken: VERIFY }
  const channel = await host.start(whatsappCloud({ ...graph.options, ...credentials, ...options }))
  stops.push(() => channel.stop())
  return channel
}

export const text = (body: string): Part => ({ type: 'text', text: body })
export const choices = (...labels: string[]): Part => ({
  type: 'choices',
  choices: labels.map((label) => ({ label, value: `v:${label}` })),
})
export const said = (id: string, ...parts: Part[]) => ({ id, parts })
export const sent = () => graph.sent.filter(({ payload }) => payload.type).map(({ payload }) => payload)
export const hello = (id: string) => graph.webhook({ id, type: 'text', text: { body: 'hello' } })
