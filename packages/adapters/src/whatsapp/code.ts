import { createServer } from 'node:http'
import type { ChannelHost } from '@colloquy/core'
import QRCode from 'qrcode'
import { reply } from '../http/body.js'
import { type Endpoint, open } from '../http/endpoint.js'

const PAGE = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>WhatsApp</title>
<style>body{font:18px system-ui;display:grid;justify-items:center;gap:1rem;padding:2rem}img{width:min(80vw,24rem)}</style>`

/** Shows the code that links a phone, in the terminal and on a page that only this machine can see. */
export class LoginCode {
  private endpoint: Endpoint | undefined
  private image = ''
  /** One after another: what is being opened can be closed. */
  private done: Promise<void> = Promise.resolve()

  constructor(
    private readonly port: number,
    private readonly log: ChannelHost['log'],
  ) {}

  show(code: string): Promise<void> {
    const shown = this.done.then(() => this.draw(code))
    this.done = shown.catch(() => {})
    return shown
  }

  hide(): Promise<void> {
    this.done = this.done.then(() => {
      this.endpoint?.close()
      this.endpoint = undefined
    })
    return this.done
  }

  private async draw(code: string): Promise<void> {
    this.image = await QRCode.toDataURL(code, { width: 480 })
    process.stderr.write(`${await QRCode.toString(code, { type: 'terminal', small: true })}\n`)
    this.endpoint ??= await open(
      createServer((request, response) => {
        // A page of another site may have made its own name point here.
        if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return reply(response, 403)
        response.setHeader('content-security-policy', "default-src 'none'; img-src data:; style-src 'unsafe-inline'")
        response.setHeader('content-type', 'text/html; charset=utf-8')
        response.end(
          `${PAGE}<p>WhatsApp → Settings → Linked devices → Link a device</p><img alt="code" src="${this.image}">`,
        )
      }),
      '/',
      { port: this.port },
    )
    const url = this.endpoint.url()
    process.stderr.write(`Scan this with WhatsApp (Settings, Linked devices, Link a device), or open ${url}\n`)
    this.log.info({ url }, 'whatsapp: waits to be linked')
  }
}
