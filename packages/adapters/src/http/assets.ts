import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { ColloquyError } from '@colloquy/core'
import { json, reply } from './body.js'

/** Something that never changes while the server runs, plain and compressed. */
export class Asset {
  private readonly etag: string
  private readonly headers: OutgoingHttpHeaders
  private readonly gzip: Buffer

  constructor(
    type: string,
    private readonly plain: Buffer,
    more: OutgoingHttpHeaders = {},
  ) {
    this.etag = `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 27)}"`
    this.gzip = gzipSync(plain, { level: 9 })
    this.headers = {
      'content-type': `${type}; charset=utf-8`,
      etag: this.etag,
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
      'referrer-policy': 'no-referrer',
      ...more,
    }
  }

  serve({ method, headers }: IncomingMessage, response: ServerResponse): void {
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
    } else if (headers['if-none-match']?.includes(this.etag)) {
      response.writeHead(304, this.headers).end()
    } else {
      const zipped = /\bgzip\b/.test(headers['accept-encoding'] ?? '')
      const body = zipped ? this.gzip : this.plain
      const encoding = zipped && { 'content-encoding': 'gzip' }
      response.writeHead(200, { ...this.headers, ...encoding, 'content-length': body.length }).end(body)
    }
  }
}

/** Serves assets by their paths under `base`, which ends in a slash, and says at `health` that it does. */
export function site(base: string, assets: Record<string, Asset>): RequestListener {
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    const asset = path.startsWith(base) ? assets[path.slice(base.length)] : undefined
    response.setHeader('x-content-type-options', 'nosniff')
    if (asset) asset.serve(request, response)
    else if (`${path}/` === base) response.writeHead(308, { location: base }).end()
    else if (path === `${base}health`) json(response, 200, { status: 'ok' })
    else reply(response, 404, 'Not found\n')
  }
}

/**
 * Reads a built file of a page, beside a module.
 *
 * @throws {@link ColloquyError} `channel_failed` where it was not.
 */
export async function built(name: string, module: string): Promise<Buffer> {
  try {
    return await readFile(new URL(name, module))
  } catch (cause) {
    const what = `The chat page was not built: ${name} is missing.`
    throw new ColloquyError('channel_failed', what, 'Run: npm run build', { cause })
  }
}

/** A text within HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
