import { createServer } from 'node:http'
import { type ChannelHost, ColloquyError, reason } from '@colloquy/core'
import { Folder } from '../files/folder.js'
import { Links } from '../files/links.js'
import { reply, sendFile } from '../http/body.js'
import { open } from '../http/endpoint.js'
import { Origins } from '../http/origins.js'
import { Rate } from '../http/rate.js'
import { type Route, Routes } from '../http/routes.js'
import type { Rooms } from '../sockets/rooms.js'
import { sockets } from '../sockets/server.js'
import { Api } from './api.js'
import { Chat } from './chat.js'
import type { WebOptions } from './index.js'
import { connect } from './pages.js'
import type { ClientEvents, ServerEvents, Welcome } from './protocol.js'
import { page } from './site.js'
import { type Known, visitorOf } from './visitor.js'

/** Nobody needs longer than this to send the head of a request, or all of it; in milliseconds. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 120_000, connectionsCheckingInterval: 5000 }

/** A chat that is being served. */
export interface Served {
  url(): string
  rooms: Rooms
  links: Links
  folder: Folder | undefined
  stop(): Promise<void>
}

/** Serves the page, its sockets and plain HTTP until `stop`. */
export async function serve(options: WebOptions, host: ChannelHost): Promise<Served> {
  const { title = 'Support', greeting, identity, redis } = options
  const { log } = host
  if ([identity?.secret ?? []].flat().some((secret) => secret.length < 32)) {
    const how = 'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"'
    throw new ColloquyError('channel_failed', 'The secret of `identity` must have at least 32 characters.', how)
  }
  const base = `/${options.path ?? (options.server ? 'colloquy' : '')}/`.replace(/\/+/g, '/')
  const origins = new Origins(options.origins ?? [])
  const folder = options.uploads === false ? undefined : new Folder(options.uploads)
  const links = new Links(host.kept)
  const welcome: Welcome = {
    title,
    ...(greeting && { greeting: typeof greeting === 'string' ? [{ type: 'text', text: greeting }] : greeting }),
    ...(folder && { uploads: { limit: folder.limit, types: folder.types } }),
  }
  const known: Known = (given) => {
    const visitor = visitorOf(given, identity)
    if ('code' in visitor) log.warn({ reason: visitor.error }, 'web: refused somebody')
    return visitor
  }
  const files: Route = async (_request, response, link) => sendFile(response, await host.file(await links.from(link)))
  let stopping = false

  const site = await page(base, title)
  const inner = createServer(PATIENCE, (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    if (stopping) reply(response.setHeader('retry-after', 5), 503, 'Stopping\n')
    else if (!routes.handle(request, response, path.slice(base.length))) site(request, response)
  })
  const at = { path: `${base}socket.io`, origins, redis, open: () => !stopping }
  const { io, rooms, close } = await sockets<ClientEvents, ServerEvents>(inner, at, log)
  const chat = new Chat(host, rooms, links, folder, welcome, new Rate(options.rate ?? 20))
  const api = new Api(chat, rooms, known)
  const { events, messages, uploads } = api
  const each = { 'GET events': events, 'POST messages': messages, 'POST uploads': uploads, 'GET files': files }
  const routes = new Routes(each, origins, log)
  connect(io, chat, known, log, () => stopping)
  await folder?.start((error) => log.error({ reason: reason(error) }, 'web: old files could not be removed'))
  const endpoint = await open(inner, base, options)

  return {
    url: endpoint.url,
    rooms,
    links,
    folder,
    async stop() {
      stopping = true
      folder?.stop()
      await chat.stop()
      api.close()
      await close(endpoint)
    },
  }
}
