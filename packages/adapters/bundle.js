// Bundles the chat page: one script that any site can load with one tag.
import { copyFile, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'

const LIMIT = 30 * 1024
const page = new URL('src/web/page/', import.meta.url)
const out = new URL('dist/web/', import.meta.url)

const minifiedCss = {
  name: 'minified-css',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true })
      return { contents: code, loader: 'text' }
    }),
}

/**
 * What the page has no use for: it talks JSON, over web sockets, or long polling where a proxy allows none.
 */
const unused = {
  name: 'unused',
  setup: ({ onLoad }) => {
    const drop = (filter, contents) => onLoad({ filter }, () => ({ contents }))
    drop(/engine\.io-client.*\/webtransport\.js$/, 'export class WT {}')
    drop(/socket\.io-parser.*\/is-binary\.js$/, 'export const isBinary = () => false, hasBinary = isBinary')
    drop(/socket\.io-parser.*\/binary\.js$/, 'export const deconstructPacket = () => {}, reconstructPacket = () => {}')
  },
}

await build({
  entryPoints: [fileURLToPath(new URL('index.ts', page))],
  outfile: fileURLToPath(new URL('colloquy-chat.js', out)),
  bundle: true,
  minify: true,
  format: 'iife',
  charset: 'utf8',
  banner: { js: '/*! Includes socket.io-client, (c) Guillermo Rauch and Socket.IO contributors, MIT licence */' },
  target: ['es2023', 'chrome123', 'firefox120', 'safari17.5'],
  plugins: [minifiedCss, unused],
  logLevel: 'warning',
})
for (const file of ['page.html', 'page.css']) await copyFile(new URL(file, page), new URL(file, out))

const script = await readFile(new URL('colloquy-chat.js', out))
const size = gzipSync(script, { level: 9 }).length
console.log(`colloquy-chat.js: ${(script.length / 1024).toFixed(1)} KB, ${(size / 1024).toFixed(1)} KB gzip`)
if (size > LIMIT) {
  console.error(`The chat page may take ${LIMIT / 1024} KB gzip at most.`)
  process.exit(1)
}
