import { lookup } from 'node:dns'
import { request } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { Channel, FileContent } from './channel.js'
import { ColloquyError, reason } from './errors.js'

/** The largest file that travels, in bytes. */
export const FILE_LIMIT = 20 * 1024 * 1024
/** How long a download may take, in milliseconds, and how often it may be sent on. */
const PATIENCE = 15_000
const REDIRECTS = 3

/** Addresses that are nobody's business outside: this machine, private networks, and ways to spell those (RFC 6890). */
const PRIVATE = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv6')

/**
 * Reads the file behind a URL, whichever channel it came in by.
 *
 * @throws {@link ColloquyError} `bad_message` where it cannot be had: too large, gone, on a private network, or of a scheme
 *   that no channel reads.
 */
export async function readFile(url: string, channels: ReadonlyMap<string, Channel>): Promise<FileContent> {
  const scheme = url.slice(0, url.indexOf(':'))
  if (scheme === 'data') return fromDataUrl(url)
  if (scheme === 'https') return download(url)
  const read = channels.get(scheme)?.file
  if (!read) throw refused(`no channel reads "${scheme}:" URLs`)
  const { name, ...file } = await read.call(channels.get(scheme), url)
  return { ...file, name: safeName(name) }
}

/** The last part of a path, without what file systems and headers take for something else. */
export function safeName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? ''
  const clean = base.replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"|?*]/gu, '').replace(/^\.+/, '')
  return clean.trim().slice(-120) || 'file'
}

function fromDataUrl(url: string): FileContent {
  const [, type = '', encoding, body = ''] = /^data:([^;,]*)(?:;[^;,]*?)*?(;base64)?,(.*)$/s.exec(url) ?? []
  if (body.length > FILE_LIMIT * 1.4) throw refused('it is too large')
  try {
    const bytes = encoding ? Buffer.from(body, 'base64') : Buffer.from(decodeURIComponent(body))
    return { name: 'file', type: type || 'text/plain', bytes }
  } catch {
    throw refused('it is no data URL')
  }
}

/** What {@link download} lets through; tests open it to a server of their own. */
export interface Reach {
  blocked: BlockList
  /** A certificate to trust besides the public ones. */
  ca?: string
}

/** Downloads a public file: the address that is connected to is the one that was checked, also after a redirect. */
export async function download(url: string, reach: Reach = { blocked: PRIVATE }): Promise<FileContent> {
  let at = url
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const answer = await get(at, reach)
    if (!('location' in answer)) return answer
    at = new URL(answer.location, at).href
  }
  throw refused('it was sent on too often')
}

function get(url: string, { blocked, ca }: Reach): Promise<FileContent | { location: string }> {
  const isBlocked = (address: string, family = isIP(address)) => blocked.check(address, family === 6 ? 'ipv6' : 'ipv4')
  const { protocol, hostname, pathname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol !== 'https:') throw refused('it is not an https address')
  if (isIP(host) && isBlocked(host)) throw refused('it is on a private network')
  const checked: LookupFunction = (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, [])
      if (found.some(({ address, family }) => isBlocked(address, family)))
        return done(refused('it is on a private network'), [])
      if (options.all) done(null, found)
      else done(null, found[0]?.address ?? '', found[0]?.family)
    })
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(error instanceof ColloquyError ? error : refused(reason(error), error))
    const sent = request(
      url,
      { lookup: checked, ...(ca && { ca }), signal: AbortSignal.timeout(PATIENCE) },
      (response) => {
        const { statusCode = 0, headers } = response
        response.on('error', fail)
        if (statusCode >= 300 && statusCode < 400 && headers.location) {
          response.resume()
          return resolve({ location: headers.location })
        }
        if (statusCode !== 200) return sent.destroy(refused(`its server answered ${statusCode}`))
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > FILE_LIMIT) sent.destroy(refused('it is too large'))
          else chunks.push(chunk)
        })
        response.on('end', () => {
          const type = headers['content-type']?.split(';')[0]?.trim() ?? 'application/octet-stream'
          resolve({ name: safeName(decode(pathname)), type, bytes: Buffer.concat(chunks) })
        })
      },
    )
    sent.on('error', fail)
    sent.end()
  })
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function refused(why: string, cause?: unknown): ColloquyError {
  return new ColloquyError('bad_message', `A file cannot be read: ${why}.`, '', { cause })
}
