import type { Part } from '@colloquy/core'
import type { Entry, ShownFile } from '../protocol.js'

/** An entry whose URLs are whole: those without a scheme are relative to the chat's own address, wherever the page is. */
export function anchored<E extends Entry>(entry: E, server: URL): E {
  const part = (part: Part): Part => {
    if (part.type === 'card') return part.image === undefined ? part : { ...part, image: whole(part.image, server) }
    return 'url' in part ? { ...part, url: whole(part.url, server) } : part
  }
  if (entry.from === 'bot') return { ...entry, parts: entry.parts.map(part) }
  return entry.files ? { ...entry, files: anchoredFiles(entry.files, server) } : entry
}

/** The same for files. */
export function anchoredFiles(files: ShownFile[], server: URL): ShownFile[] {
  return files.map((file) => ({ ...file, url: whole(file.url, server) }))
}

function whole(url: string, server: URL): string {
  return /^[a-z][a-z\d+.-]*:/i.test(url) ? url : new URL(url, server).href
}
