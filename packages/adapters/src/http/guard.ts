import type { RequestListener } from 'node:http'
import type { ChannelHost } from '@colloquy/core'
import { parseObject, rawBody, reply } from './body.js'

/**
 * Lets only those requests through to a library that it survives: bodies up to `limit` bytes that are JSON objects, as they
 * are or in the field `payload` of a form.
 */
export function guarded(limit: number, log: ChannelHost['log'], next: RequestListener): RequestListener {
  return async (request, response) => {
    const refuse = (status: number, why: string) => {
      log.warn({ status }, `refused a request: ${why}`)
      reply(response, status)
    }
    if (request.method === 'POST') {
      const body = await rawBody(request, limit)
      if (!body) return refuse(413, 'it is too long')
      const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
      const json = form ? new URLSearchParams(body.toString()).get('payload') : body.toString()
      if (json !== null && !parseObject(json)) return refuse(400, 'it is no JSON object')
      // Where libraries look for a body that was read before them.
      Object.assign(request, { rawBody: body })
    }
    try {
      await next(request, response)
    } catch {
      reply(response, 404, 'Not found')
    }
  }
}
