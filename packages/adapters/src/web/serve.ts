import { createServer } from 'node:http'
import { type ChannelHost, reason } from '@colloquy/core'
import { Folder } from '../files/folder.js'
import { Links } from '../files/links.js'
import { reply, sendFile } from '../http/body.js'
import { type Endpoint, open } from '../http/endpoint.js'
import { checkSecrets } from '../http/identity.js'
import { Origins } from '../http/origins.js'
import { type Route, Routes } from '../http/routes.js'
import { sockets } from '../sockets/server.js'
import { Api } from './api.js'
import { Chat } from './chat.js'
import type { WebOptions } from './index.js'
import { connect } from './pages.js'
import type { ClientEvents, ServerEvents, Welcome } from './protocol.js'
import { page } from './site.js'

/** Nobody needs longer than this to send the head of a request, or all of it; in milliseconds. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 120_000, connectionsCheckingInterval: 5000 }

/** A chat that is being served. */
export interface Served {
  chat: Chat
  url(): string
  stop(): Promise<void>
}

/** Serves the page, its sockets and plain HTTP until `stop`. */
export async function serve(options: WebOptions, host: ChannelHost): Promise<Served> {
  const { title = 'Support', greeting, identity, redis } = options
  const { log } = host
  if (identity) checkSecrets(identity)
  const base = `/${options.path ?? (options.server ? 'colloquy' : '')}/`.replace(/\/+/g, '/')
  const origins = new Origins(options.origins ?? [])
  const folder = new Folder(options.uploads === false ? { types: [] } : options.uploads)
  const links = new Links(host.kept)
  const welcome: Welcome = {
    title,
    ...(greeting && { greeting: typeof greeting === 'string' ? [{ type: 'text', text: greeting }] : greeting }),
    ...(folder.types.length > 0 && { uploads: { limit: folder.limit, types: folder.types } }),
  }
  const files: Route = async (_request, response, link) => sendFile(response, await host.file(await links.from(link)))

  const site = await page(base, title)
  const inner = createServer(PATIENCE, (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    if (chat.stopping) reply(response.setHeader('retry-after', 5), 503, 'Stopping\n')
    else if (!routes.handle(request, response, path.slice(base.length))) site(request, response)
  })
  const at = { path: `${base}socket.io`, origins, redis, open: () => !chat.stopping }
  const { io, rooms, close } = await sockets<ClientEvents, ServerEvents>(inner, at, log)
  const chat = new Chat(host, rooms, links, folder, welcome, options)
  const api = new Api(chat)
  const posts = { 'POST messages': api.messages, 'POST uploads': api.uploads }
  const routes = new Routes({ 'GET events': api.events, 'GET files': files, ...posts }, origins, log)
  connect(io, chat, log)
  await folder.start((error) => log.error({ reason: reason(error) }, 'web: old files could not be removed'))
  const stop = async (endpoint?: Endpoint) => {
    folder.stop()
    await chat.stop()
    api.close()
    await close(endpoint)
  }
  const endpoint = await open(inner, base, options).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { chat, url: endpoint.url, stop: () => stop(endpoint) }
}
