import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers a request in plain text. */
export function reply(response: ServerResponse, status: number, text = ''): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' })
    .end(text)
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
