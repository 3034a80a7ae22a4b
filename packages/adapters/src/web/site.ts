import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { ColloquyError } from '@colloquy/core'
import { Asset } from '../http/assets.js'
import { reply } from '../http/body.js'

/** No inline code or style, nothing from elsewhere, and no string ever becomes markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob: https:",
  "media-src 'self' data: blob: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

/**
 * Serves the page, its script and its health under `base`, which ends in a slash.
 *
 * @throws {@link ColloquyError} `channel_failed` where the page was not built.
 */
export async function site(base: string, title: string): Promise<RequestListener> {
  const [html, css, script] = await Promise.all(['page.html', 'page.css', 'colloquy-chat.js'].map(built))
  const page = Buffer.from(`${html}`.replaceAll('%title%', () => escaped(title)))
  const assets = new Map([
    [base, new Asset('text/html', page, { 'content-security-policy': CONTENT_SECURITY_POLICY })],
    [`${base}page.css`, new Asset('text/css', css as Buffer)],
    // Another site may load it with a script tag, whatever that site's isolation policy is.
    [
      `${base}colloquy-chat.js`,
      new Asset('text/javascript', script as Buffer, { 'cross-origin-resource-policy': 'cross-origin' }),
    ],
  ])
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    response.setHeader('x-content-type-options', 'nosniff')
    if (`${path}/` === base) response.writeHead(308, { location: base }).end()
    else if (path === `${base}health`) {
      const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
      response.writeHead(200, headers).end('{"status":"ok"}')
    } else if (!assets.has(path)) reply(response, 404, 'Not found\n')
    else assets.get(path)?.serve(request, response)
  }
}

async function built(name: string): Promise<Buffer> {
  try {
    return await readFile(new URL(name, import.meta.url))
  } catch (cause) {
    const what = `The chat page was not built: ${name} is missing.`
    throw new ColloquyError('channel_failed', what, 'Run: npm run build', { cause })
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
