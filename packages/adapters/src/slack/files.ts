import { type ChannelHost, ColloquyError, FILE_LIMIT, type FileContent } from '@colloquy/core'
import type { Workspace } from './connect.js'

/** How long a download may take, in milliseconds. */
const PATIENCE = 15_000

/** Reads a file that somebody has sent, with the bot's token, which goes to Slack's own hosts only. */
export async function readFile({ client, token, apiUrl }: Workspace, id: string): Promise<FileContent> {
  const { file } = await client.files.info({ file: id }).catch((cause: unknown) => {
    throw unreadable('Slack does not give it out', cause)
  })
  const url = new URL(file?.url_private_download ?? file?.url_private ?? 'about:blank')
  if (!isSlacks(url, new URL(apiUrl))) throw unreadable('it is not kept by Slack')
  if ((file?.size ?? 0) > FILE_LIMIT) throw unreadable('it is too large')
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    // Slack sends those on to its login page who may not read files.
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE),
  }).catch((cause: unknown) => {
    throw unreadable('Slack cannot be reached', cause)
  })
  if (answer.status !== 200) {
    throw unreadable(`Slack answered ${answer.status}`, undefined, 'The app needs the scope files:read.')
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > FILE_LIMIT) throw unreadable('it is too large')
    chunks.push(chunk)
  }
  const { name = 'file', mimetype = 'application/octet-stream' } = file ?? {}
  return { name, type: mimetype, bytes: Buffer.concat(chunks) }
}

function isSlacks(url: URL, api: URL): boolean {
  return url.protocol === api.protocol && (url.host === api.host || url.host.endsWith(`.${api.host}`))
}

function unreadable(why: string, cause?: unknown, hint = ''): ColloquyError {
  return new ColloquyError('bad_message', `A file in Slack cannot be read: ${why}.`, hint, { cause })
}

/** Uploads a file into a channel or thread; where it cannot be had, gives what to write instead. */
export async function upload(
  { client }: Workspace,
  to: { channel: string; thread?: string },
  { url, name, alt }: { url: string; name: string; alt?: string },
  host: ChannelHost,
): Promise<string | undefined> {
  const content = await host.file(url).catch((error: unknown) => {
    if (!(error instanceof ColloquyError && error.code === 'bad_message')) throw error
    host.log.warn({ err: error }, 'slack: a file was left out')
    return undefined
  })
  if (!content) return url.startsWith('https:') ? `[${name}](${url})` : name
  const filename = alt === undefined ? name : content.name
  const where = { channel_id: to.channel, ...(to.thread !== undefined && { thread_ts: to.thread }) }
  const what = { file: Buffer.from(content.bytes), filename, title: name, ...(alt && { alt_text: alt.slice(0, 1000) }) }
  await client.files.uploadV2({ ...what, ...where } as Parameters<typeof client.files.uploadV2>[0])
  return undefined
}
