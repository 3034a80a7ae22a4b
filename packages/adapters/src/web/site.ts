import type { RequestListener } from 'node:http'
import { Asset, built, escaped, site } from '../http/assets.js'

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
 * Serves the page and its script under `base`, which ends in a slash.
 *
 * @throws {@link ColloquyError} `channel_failed` where the page was not built.
 */
export async function page(base: string, title: string): Promise<RequestListener> {
  const html = `${await built('page.html', import.meta.url)}`.replaceAll('%title%', () => escaped(title))
  // Another site may load it with a script tag, whatever that site's isolation policy is.
  const anywhere = { 'cross-origin-resource-policy': 'cross-origin' }
  return site(base, {
    '': new Asset('text/html', Buffer.from(html), { 'content-security-policy': CONTENT_SECURITY_POLICY }),
    'page.css': new Asset('text/css', await built('page.css', import.meta.url)),
    'colloquy-chat.js': new Asset('text/javascript', await built('colloquy-chat.js', import.meta.url), anywhere),
  })
}
