import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export const TOKEN = 'EAAtoken'
export const NUMBER = '106540352242922'
export const SECRET = 'app secret'
export const VERIFY = 'verify me'

export type Fields = Record<string, unknown>

export interface Interactive {
  type: string
  header?: { image?: { id: string } }
  body: { text: string }
  action: {
    button?: string
    buttons?: { reply: { id: string; title: string } }[]
    sections?: { rows: { id: string; title: string; description?: string }[] }[]
  }
}

export function rowsOf(interactive?: Interactive) {
  return (interactive?.action.sections ?? []).flatMap(({ rows }) => rows)
}

/** What Meta wraps everything in. */
export function envelope(value: Fields, number = NUMBER): string {
  const metadata = { display_phone_number: '15550000001', phone_number_id: number }
  const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [change] }] })
}

export function sign(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface Sent {
  id: string
  at: number
  payload: Fields & { type?: string; status?: string; to?: string; recipient?: string }
}

/** What the Graph API would complain about. */
export function complaint(
  { messaging_product, to, recipient, status, type, ...payload }: Sent['payload'],
  known: { webhook(id: string): boolean; media(id: string): boolean },
): string | undefined {
  const { text, interactive, image, document, template } = payload as {
    text?: { body: string }
    interactive?: Interactive
    image?: { id: string; caption?: string }
    document?: { id: string; caption?: string }
    template?: { name: string; language: { code: string }; components?: { parameters: { text: string }[] }[] }
  }
  if (messaging_product !== 'whatsapp') return 'messaging_product'
  if (status === 'read') return known.webhook(String(payload.message_id)) ? undefined : 'message_id'
  if (!to === !recipient) return 'to'
  if (text) return text.body.length > 0 && text.body.length <= 4096 ? undefined : 'text.body'
  if (template)
    return template.components?.some(({ parameters }) =>
      parameters.some((one) => /[\n\t]| {4}/.test(one.text) || !one.text),
    )
      ? 'template'
      : undefined
  const media = image ?? document
  if (media)
    return known.media(media.id) && (media.caption ?? '').length <= 1024 && media.caption !== ''
      ? undefined
      : `${type}.id`
  if (!interactive) return `type ${type}`
  const { body, action, header } = interactive
  const within = (value: string | undefined, most: number) => !!value?.trim() && value.length <= most
  const unique = (values: string[]) => new Set(values).size === values.length
  if (!within(body.text, 1024)) return 'interactive.body'
  if (header && !(interactive.type === 'button' && known.media(header.image?.id ?? ''))) return 'interactive.header'
  const [buttons, rows] = [action.buttons ?? [], rowsOf(interactive)]
  if (interactive.type === 'button') {
    if (buttons.length < 1 || buttons.length > 3 || !unique(buttons.map(({ reply }) => reply.title))) return 'buttons'
    if (!unique(buttons.map(({ reply }) => reply.id))) return 'button ids'
    return buttons.every(({ reply }) => within(reply.title, 20) && within(reply.id, 256)) ? undefined : 'button'
  }
  if (!within(action.button, 20) || rows.length < 1 || rows.length > 10 || !unique(rows.map(({ id }) => id)))
    return 'rows'
  const fits = rows.every(
    ({ id, title, description = '-' }) => within(id, 200) && within(title, 24) && within(description, 72),
  )
  return fits ? undefined : 'row'
}
