import type { Part } from '@colloquy/core'
import type { Entry } from '../protocol.js'

/** An entry whose URLs are whole: those without a scheme are relative to the chat's own address, wherever the page is. */
export function anchored<E extends Entry>(entry: E, server: URL): E {
  const whole = (url: string) => (/^[a-z][a-z\d+.-]*:/i.test(url) ? url : new URL(url, server).href)
  const part = (part: Part): Part => {
    if (part.type === 'card') return part.image === undefined ? part : { ...part, image: whole(part.image) }
    return 'url' in part ? { ...part, url: whole(part.url) } : part
  }
  if (entry.from === 'bot') return { ...entry, parts: entry.parts.map(part) }
  return entry.files ? { ...entry, files: entry.files.map((file) => ({ ...file, url: whole(file.url) })) } : entry
}
