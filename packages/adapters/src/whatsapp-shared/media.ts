import { type Attachment, safeName } from '@colloquy/core'

/** The largest file that is read, in bytes. */
export const LARGEST_FILE = 20 * 1024 * 1024

/** A media type without its parameters: `audio/ogg; codecs=opus`. */
export function mediaType(given: unknown): string {
  return (typeof given === 'string' && given.split(';')[0]?.trim().toLowerCase()) || 'application/octet-stream'
}

/** A file name that has an ending. */
export function named(name: string, type: string): string {
  const safe = safeName(name)
  return /\.\w+$/.test(safe) ? safe : `${safe}.${type.split('/')[1]?.replace(/\W.*/, '') || 'bin'}`
}

/** A file that somebody has sent; `channel` reads it by `id`. Photos and voice notes have no name, only a kind. */
export function attachment(channel: string, id: string, kind: string, filename: unknown, mime: unknown): Attachment {
  const type = mediaType(mime)
  const name = typeof filename === 'string' && filename ? safeName(filename) : named(kind, type)
  return { name, type, url: `${channel}:${id}/${name}` }
}
