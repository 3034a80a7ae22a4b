import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FileContent } from '@colloquy/core'

/** Answers a request in plain text. */
export function reply(response: ServerResponse, status: number, text = ''): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' })
    .end(text)
}

/** Answers a request in JSON. */
export function json(response: ServerResponse, status: number, body: object): void {
  const headers: OutgoingHttpHeaders = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  if (status === 429 || status === 503) headers['retry-after'] = '5'
  // The body of what is refused was perhaps not read: nothing can follow it.
  if (status >= 400) headers.connection = 'close'
  response.writeHead(status, headers).end(JSON.stringify(body))
}

/** What browsers show where they find it; everything else they save. */
const SHOWN = /^(?:image\/(?:png|jpeg|gif|webp|avif)|(?:audio|video)\/[\w.+-]+)$/

/** Answers with a file of somebody's: whatever it is, it is shown or saved, and never run. */
export function sendFile(response: ServerResponse, { name, type, bytes }: FileContent): void {
  const shown = SHOWN.test(type)
  response
    .writeHead(200, {
      'content-type': shown ? type : 'application/octet-stream',
      'content-length': bytes.length,
      'content-disposition': `${shown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=86400',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    })
    .end(bytes)
}

/**
 * The body of a request as it came over the wire, which is what signatures are made of; undefined where it is longer than
 * `limit` bytes or was cut off. What is too long is not read to its end.
 */
export async function rawBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return Number(request.headers['content-length'] ?? 0) > limit ? undefined : collect(request, limit)
}

/** What a stream holds; undefined where that is more than `limit` bytes, or the stream breaks off. */
export async function collect(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      size += chunk.length
      if (size > limit) return undefined
      chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}

/** How deep a JSON text may nest: what is deeper is no message of anybody's, and would exhaust the stack of what walks it. */
const DEEPEST = 64

/** A JSON text as an object; undefined where it is none, or nests too deep. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  if (depth(text) > DEEPEST) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** How deep the text nests, whatever its strings hold. */
function depth(text: string): number {
  let [now, most] = [0, 0]
  for (const character of text.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (character === '{' || character === '[') most = Math.max(most, ++now)
    else if (character === '}' || character === ']') now--
  }
  return most
}
