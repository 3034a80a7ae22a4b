import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { ColloquyError } from '@colloquy/core'

/** No inline code or style, nothing from elsewhere, and no string ever becomes markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

interface Asset {
  headers: Record<string, string>
  etag: string
  plain: Buffer
  gzip: Buffer
}

/**
 * Serves the page, its script and its health under `base`, which ends in a slash.
 *
 * @throws {@link ColloquyError} `channel_failed` where the page was not built.
 */
export async function site(base: string, title: string): Promise<RequestListener> {
  const [html, css, script] = await Promise.all([built('page.html'), built('page.css'), built('colloquy-chat.js')])
  const page = Buffer.from(html.toString().replaceAll('%title%', () => escaped(title)))
  const assets = new Map([
    [base, asset('text/html', page, { 'content-security-policy': CONTENT_SECURITY_POLICY })],
    [`${base}page.css`, asset('text/css', css)],
    // Another site may load it with a script tag, whatever that site's isolation policy is.
    [`${base}colloquy-chat.js`, asset('text/javascript', script, { 'cross-origin-resource-policy': 'cross-origin' })],
  ])
  return (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff')
    const path = request.url?.split('?', 1)[0] ?? ''
    const found = assets.get(path)
    if (`${path}/` === base) {
      response.writeHead(308, { location: base }).end()
    } else if (path === `${base}health`) {
      response
        .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end('{"status":"ok"}')
    } else if (!found) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n')
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
    } else if (request.headers['if-none-match']?.includes(found.etag)) {
      response.writeHead(304, found.headers).end()
    } else if (/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
      const length = found.gzip.length
      response
        .writeHead(200, { ...found.headers, 'content-encoding': 'gzip', 'content-length': length })
        .end(found.gzip)
    } else {
      response.writeHead(200, { ...found.headers, 'content-length': found.plain.length }).end(found.plain)
    }
  }
}

function asset(type: string, plain: Buffer, extra: Record<string, string> = {}): Asset {
  const etag = `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 27)}"`
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    etag,
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
    'referrer-policy': 'no-referrer',
    ...extra,
  }
  return { headers, etag, plain, gzip: gzipSync(plain, { level: 9 }) }
}

async function built(name: string): Promise<Buffer> {
  try {
    return await readFile(new URL(name, import.meta.url))
  } catch (cause) {
    throw new ColloquyError(
      'channel_failed',
      `The chat page was not built: ${name} is missing.`,
      'Run: npm run build',
      {
        cause,
      },
    )
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
