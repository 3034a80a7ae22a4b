import type { Attachment } from '@colloquy/core'

/** What people say: any other subtype tells what has become of an older message, or is a bot's. */
export const SAID = new Set([undefined, 'file_share', 'me_message', 'thread_broadcast'])
/** Reactions that are ratings. */
export const THUMBS: Record<string, number> = { '+1': 1, thumbsup: 1, '-1': -1, thumbsdown: -1 }

/** A message as Slack delivers it, as far as it is read. */
export interface Message {
  subtype?: string
  channel: string
  ts: string
  thread_ts?: string
  user: string
  bot_id?: string
  text: string
  files?: SlackFile[]
}

interface SlackFile {
  id: string
  name?: string | null
  title?: string
  mimetype?: string
  size?: number
  /** Kept by somebody else, such as Google Drive. */
  is_external?: boolean
  url_private?: string
}

/** What came with a message; the bytes are read later, by {@link Channel.file}. */
export function attachmentsOf(team: string, files: SlackFile[]): Attachment[] {
  return files.map(({ id, name, title, mimetype, size, is_external, url_private }) => ({
    name: name || title || 'file',
    type: mimetype || 'application/octet-stream',
    url: is_external && url_private ? url_private : `slack:${team}:${id}`,
    ...(size !== undefined && { size }),
  }))
}
