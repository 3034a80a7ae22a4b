import { type ChannelHost, ColloquyError, FILE_LIMIT, type FileContent } from '@colloquy/core'
import type { webApi } from '@slack/bolt'
import type { Workspace } from '../bolt/connect.js'
import { collect } from '../http/body.js'

/** How long a download may take, in milliseconds. */
const PATIENCE = 15_000

/** Reads a file that somebody has sent, with the bot's token, which goes to Slack's own hosts only. */
export async function readFile({ client, token, apiUrl }: Workspace, id: string): Promise<FileContent> {
  const unreadable = (why: string) => new ColloquyError('bad_message', `A file in Slack cannot be read: ${why}.`)
  const { file = {} } = await client.files.info({ file: id }).catch((error: Error) => {
    throw unreadable(error.message)
  })
  const { url_private_download: at = file.url_private ?? '', name = 'file', mimetype: type = '', size = 0 } = file
  const [url, api] = [new URL(URL.canParse(at) ? at : 'about:blank'), new URL(apiUrl)]
  const slacks = url.protocol === api.protocol && (url.host === api.host || url.host.endsWith(`.${api.host}`))
  if (!slacks) throw unreadable('it is not kept by Slack')
  if (size > FILE_LIMIT) throw unreadable('it is too large')
  // Slack sends on to its login page whoever may not read files.
  const how = { headers: { authorization: `Bearer ${token}` }, redirect: 'manual' } as const
  const answer = await fetch(url, { ...how, signal: AbortSignal.timeout(PATIENCE) }).catch((error: Error) => {
    throw unreadable(error.message)
  })
  if (!answer.ok || !answer.body) throw unreadable(`Slack answered ${answer.status}: the scope files:read is needed`)
  const bytes = await collect(answer.body as unknown as AsyncIterable<Uint8Array>, FILE_LIMIT)
  if (!bytes) throw unreadable('it is too large, or its download broke off')
  return { name, type: type || 'application/octet-stream', bytes }
}

/** Uploads a file to a channel or thread; where it cannot be had, gives what to write instead. */
export async function upload(
  { client }: Workspace,
  { channel: channel_id, thread_ts }: { channel: string; thread_ts?: string },
  { url, name, alt }: { url: string; name: string; alt?: string },
  host: ChannelHost,
): Promise<string | undefined> {
  const content = await host.file(url).catch((err: unknown) => {
    if (!(err instanceof ColloquyError && err.code === 'bad_message')) throw err
    host.log.warn({ err }, 'slack: a file was left out')
  })
  if (!content) return url.startsWith('https:') ? `${name}: ${url}` : name
  const about = { title: name, filename: alt === undefined ? name : content.name, ...(alt && { alt_text: alt }) }
  const file = { file: Buffer.from(content.bytes), ...about, channel_id, ...(thread_ts && { thread_ts }) }
  await client.files.uploadV2(file as webApi.FilesUploadV2Arguments)
  return undefined
}
