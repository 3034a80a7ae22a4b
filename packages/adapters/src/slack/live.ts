import type { webApi } from '@slack/bolt'
import type { Address } from './address.js'
import { unsendable } from './errors.js'
import { defuse } from './mrkdwn.js'
import { LONGEST } from './render.js'

/** Milliseconds between two pieces: Slack limits how often a message may change. */
const PACE = 1000

/** An answer in the making, as it stands. */
interface Shown {
  ts?: string
  text: string
  streamed: boolean
  at: number
  busy?: Promise<void> | undefined
}

/** Shows answers while they are written: streamed in a thread, as a message that changes elsewhere. */
export class Live {
  private readonly shown = new Map<string, Shown>()

  async show(client: Promise<webApi.WebClient>, address: Address, soFar: string): Promise<void> {
    const key = keyOf(address)
    const shown = this.shown.get(key) ?? { text: '', streamed: false, at: 0 }
    // What is skipped is in the next piece, or in the whole.
    if (shown.busy || Date.now() - shown.at < PACE) return
    // Noted before anything is waited for: the whole may come at any time.
    this.shown.set(key, shown)
    const text = defuse(soFar).slice(0, LONGEST)
    shown.busy = client.then((one) => write(one, address, shown, text))
    await shown.busy.finally(() => {
      shown.busy = undefined
      shown.at = Date.now()
      if (shown.ts === undefined) this.shown.delete(key)
    })
  }

  /** Ends what is shown at an address, and gives its timestamp, so that the whole takes its place. */
  async take(client: webApi.WebClient, address: Address): Promise<string | undefined> {
    const key = keyOf(address)
    const shown = this.shown.get(key)
    if (!shown) return undefined
    await shown.busy?.catch(() => {})
    if (shown.streamed && shown.ts !== undefined) {
      await client.chat.stopStream({ channel: address.channel, ts: shown.ts }).catch((error) => {
        // Somebody has stopped it already.
        if (!unsendable(error)) throw error
      })
    }
    this.shown.delete(key)
    return shown.ts
  }
}

async function write(client: webApi.WebClient, address: Address, shown: Shown, text: string): Promise<void> {
  const { channel } = address
  const message = { channel, text, blocks: [{ type: 'markdown' as const, text }] }
  if (shown.ts === undefined) {
    const ts = (await stream(client, address, text)) ?? (await client.chat.postMessage(message)).ts
    shown.streamed = address.thread !== undefined
    if (ts !== undefined) shown.ts = ts
  } else if (!shown.streamed) await client.chat.update({ ts: shown.ts, ...message })
  else if (text.startsWith(shown.text) && text !== shown.text)
    await client.chat.appendStream({ channel, ts: shown.ts, markdown_text: text.slice(shown.text.length) })
  else return
  shown.text = text
}

async function stream(client: webApi.WebClient, address: Address, text: string): Promise<string | undefined> {
  const { channel, thread, user, team } = address
  if (thread === undefined) return undefined
  const recipient = {
    recipient_team_id: team.split('.').at(-1) ?? team,
    ...(user !== undefined && { recipient_user_id: user }),
  }
  return (await client.chat.startStream({ channel, thread_ts: thread, markdown_text: text, ...recipient })).ts
}

function keyOf({ team, channel, thread }: Address): string {
  return `${team} ${channel} ${thread ?? ''}`
}
