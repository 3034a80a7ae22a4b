import { type ChannelHost, ColloquyError, FILE_LIMIT, type FileContent } from '@colloquy/core'
import type { webApi } from '@slack/bolt'
import { collect } from '../http/body.js'
import type { Workspace } from './connect.js'

/** How long a download may take, in milliseconds. */
const PATIENCE = 15_000

/** Reads a file that somebody has sent, with the bot's token, which goes to Slack's own hosts only. */
export async function readFile({ client, token, apiUrl }: Workspace, id: string): Promise<FileContent> {
  const unreadable = (why: string, cause?: unknown) =>
    new ColloquyError('bad_message', `A file in Slack cannot be read: ${why}.`, '', { cause })
  const { file = {} } = await client.files.info({ file: id }).catch((cause: unknown) => {
    throw unreadable('Slack does not give it out', cause)
  })
  const { url_private_download: at = file.url_private ?? '' } = file
  const [url, api] = [new URL(URL.canParse(at) ? at : 'about:blank'), new URL(apiUrl)]
  const slacks = url.protocol === api.protocol && (url.host === api.host || url.host.endsWith(`.${api.host}`))
  if (!slacks) throw unreadable('it is not kept by Slack')
  if ((file.size ?? 0) > FILE_LIMIT) throw unreadable('it is too large')
  const [headers, signal] = [{ authorization: `Bearer ${token}` }, AbortSignal.timeout(PATIENCE)]
  // Slack sends on to its login page whoever may not read files.
  const answer = await fetch(url, { headers, signal, redirect: 'manual' }).catch((cause: unknown) => {
    throw unreadable('Slack cannot be reached', cause)
  })
  if (!answer.ok || !answer.body) throw unreadable(`Slack answered ${answer.status}: the scope files:read is needed`)
  const bytes = await collect(answer.body as unknown as AsyncIterable<Uint8Array>, FILE_LIMIT)
  if (!bytes) throw unreadable('it is too large, or its download broke off')
  return { name: file.name ?? 'file', type: file.mimetype ?? 'application/octet-stream', bytes }
}

/** Uploads a file to a channel or thread; where it cannot be had, gives what to write instead. */
export async function upload(
  { client }: Workspace,
  { channel, thread }: { channel: string; thread?: string },
  { url, name, alt }: { url: string; name: string; alt?: string },
  host: ChannelHost,
): Promise<string | undefined> {
  const content = await host.file(url).catch((err: unknown) => {
    if (!(err instanceof ColloquyError && err.code === 'bad_message')) throw err
    host.log.warn({ err }, 'slack: a file was left out')
  })
  if (!content) return url.startsWith('https:') ? `${name}: ${url}` : name
  const about = { title: name, filename: alt === undefined ? name : content.name, ...(alt && { alt_text: alt }) }
  const to = { channel_id: channel, ...(thread !== undefined && { thread_ts: thread }) }
  await client.files.uploadV2({ file: Buffer.from(content.bytes), ...about, ...to } as webApi.FilesUploadV2Arguments)
  return undefined
}
