import type { RequestListener } from 'node:http'
import type { ChannelHost } from '@colloquy/core'
import type { HTTPReceiver } from '@slack/bolt'
import { parseObject, rawBody, reply } from '../http/body.js'

/** Bytes of one request: Slack's longest stay well below. */
const MAX_BODY = 1024 * 1024

/** Lets to Bolt, which verifies them, only requests that it survives. */
export function serve(receiver: HTTPReceiver, host: ChannelHost): RequestListener {
  return async (request, response) => {
    const refuse = (status: number, why: string) => {
      host.log.warn({ status }, `slack: refused a request: ${why}`)
      reply(response, status)
    }
    if (request.method === 'POST') {
      const body = await rawBody(request, MAX_BODY)
      if (!body) return refuse(413, 'it is too long')
      if (!readable(body.toString(), request.headers['content-type'])) return refuse(400, 'it is no JSON object')
      // Where Bolt looks for a body that was read before.
      Object.assign(request, { rawBody: body })
    }
    try {
      receiver.requestListener(request, response)
    } catch {
      reply(response, 404, 'Not found')
    }
  }
}

function readable(body: string, type = ''): boolean {
  if (!type.startsWith('application/x-www-form-urlencoded')) return parseObject(body) !== undefined
  const payload = new URLSearchParams(body).get('payload')
  return payload === null || parseObject(payload) !== undefined
}
