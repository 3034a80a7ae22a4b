// Bundles the chat page: one script that any site can load with one tag.
import { copyFile, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'

const LIMIT = 30 * 1000
const page = new URL('src/web/page/', import.meta.url)
const out = new URL('dist/web/', import.meta.url)

/** What the page has no use for: it talks JSON, over web sockets, or long polling where a proxy allows none. */
const UNUSED = [
  [/engine\.io-client.*[\\/]webtransport\.js$/, 'export class WT {}'],
  [/socket\.io-parser.*[\\/]is-binary\.js$/, 'export const isBinary = () => false, hasBinary = isBinary'],
  [/socket\.io-parser.*[\\/]binary\.js$/, 'export const deconstructPacket = () => {}, reconstructPacket = () => {}'],
]

const small = {
  name: 'small',
  load: async (id) => {
    if (!id.endsWith('.css')) return UNUSED.find(([filter]) => filter.test(id))?.[1]
    const css = (await readFile(id, 'utf8'))
      .replace(/\/\*.*?\*\//gs, '')
      .replace(/\s+/g, ' ')
      .replace(/ ?([{};,]) ?/g, '$1')
      .replace(/: /g, ':')
    return { code: `export default ${JSON.stringify(css)}`, moduleType: 'js' }
  },
}

await build({
  input: fileURLToPath(new URL('index.ts', page)),
  platform: 'browser',
  plugins: [small],
  transform: { target: ['es2023', 'chrome123', 'firefox120', 'safari17.5'] },
  output: {
    file: fileURLToPath(new URL('colloquy-chat.js', out)),
    format: 'iife',
    minify: true,
    postBanner: '/*! Includes socket.io-client, (c) Guillermo Rauch and Socket.IO contributors, MIT licence */',
  },
  logLevel: 'warn',
})
for (const file of ['page.html', 'page.css']) await copyFile(new URL(file, page), new URL(file, out))

const script = await readFile(new URL('colloquy-chat.js', out))
const size = gzipSync(script, { level: 9 }).length
console.log(`colloquy-chat.js: ${(script.length / 1000).toFixed(1)} KB, ${(size / 1000).toFixed(1)} KB gzip`)
if (size > LIMIT) {
  console.error(`The chat page may take ${LIMIT / 1000} KB gzip at most.`)
  process.exit(1)
}
