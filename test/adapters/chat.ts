import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type WebChannel, type WebOptions, web } from '@colloquy/adapters/web'
import type { IncomingMessage, OutgoingMessage, Part } from '@colloquy/core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { launch } from '../browser.js'
import { Host } from './host.js'

const cards: Part[] = [
  { type: 'text', text: 'Which **card** is it?' },
  { type: 'choices', choices: ['Debit', 'Credit'].map((label) => ({ label, value: label.toLowerCase() })) },
]

/** What a bot says that can say everything. */
export const everything: Part[] = [
  {
    type: 'text',
    text: '# Fees\nSee **our** [fees](https://bank.example/fees), `IBAN`:\n- one\n- two\n\n```\ncode\n```',
  },
  { type: 'list', items: ['Rent', 'Food'] },
  { type: 'image', url: 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=', alt: 'A chart' },
  { type: 'file', url: 'https://bank.example/october.pdf', name: 'october.pdf' },
  ...['Everyday', 'Travel', 'Gold', 'Student'].map((name): Part => {
    return { type: 'card', title: `${name} card`, text: 'No *fee*.', choices: [{ label: `Take ${name}`, value: name }] }
  }),
  {
    type: 'form',
    title: 'Refund an order',
    fields: [
      { name: 'order', label: 'Order number' },
      {
        name: 'reason',
        label: 'What went wrong?',
        choices: [
          { label: 'Damaged', value: 'd' },
          { label: 'Late', value: 'l' },
        ],
      },
      { name: 'note', label: 'Anything else?', optional: true },
    ],
  },
  {
    type: 'choices',
    choices: [
      { label: 'Yes', value: 'y' },
      { label: 'No', value: 'n' },
    ],
  },
  { type: 'feedback' },
]

function script({ text, choice, fields, feedback, attachments }: IncomingMessage): Part[][] {
  if (feedback) return []
  if (attachments) return [[{ type: 'text', text: `Got ${attachments.map(({ name }) => name).join()}` }]]
  if (text === 'everything') return [everything]
  if (fields) return [[{ type: 'text', text: `Filled in: ${JSON.stringify(fields)}` }]]
  if (text === 'my card is lost') return [cards]
  if (choice) return [[{ type: 'text', text: `Your *${choice}* card is frozen.` }]]
  return [[{ type: 'text', text: `You said: ${text}` }]]
}

/** A bot in a browser, a fresh one for each test. */
export class Chat {
  browser!: Browser
  context!: BrowserContext
  host!: Host
  channel!: WebChannel
  /** Errors of the pages, violations of their content security policy among them. */
  complaints: string[] = []
  /** Where files are kept that were sent. */
  folder = ''
  private readonly sites: Server[] = []
  private told = 0

  constructor(private readonly options: WebOptions = {}) {
    beforeAll(async () => {
      this.folder = await mkdtemp(join(tmpdir(), 'colloquy-chat-'))
      this.browser = await launch()
    })
    afterAll(async () => {
      await this.browser.close()
      await rm(this.folder, { recursive: true })
    })
    beforeEach(async () => {
      this.host = new Host(script)
      await this.start()
      this.context = await this.browser.newContext()
      this.complaints = []
    })
    afterEach(async () => {
      for (const site of this.sites.splice(0)) site.close()
      await this.context.close()
      await this.channel.stop()
    })
  }

  private async start(options: WebOptions = {}): Promise<void> {
    const common = { port: 0, title: 'Northbank', greeting: 'Hello!', uploads: { folder: this.folder } }
    this.channel = await this.host.start(web({ ...common, ...this.options, ...options }))
  }

  /** Stops the server; what it returns starts another one in its place. */
  async stop(): Promise<(options?: WebOptions) => Promise<void>> {
    const port = Number(new URL(this.channel.url).port)
    await this.channel.stop()
    return (options) => this.start({ port, ...options })
  }

  async open(url = this.channel.url, context = this.context): Promise<Page> {
    const page = await this.visit(url, context)
    await page.getByText('Online').waitFor()
    return page
  }

  /** The address of another site whose page holds this markup and the script, under a policy as strict as can be. */
  async site(markup: string, html = '<html lang="en">'): Promise<string> {
    const { url } = this.channel
    const policy = [
      `default-src 'none'; img-src data: ${url}; script-src ${url}; connect-src ${url} ws${url.slice(4)}`,
      "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ].join('; ')
    const site = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy })
      const head = `<meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,"><script src="${url}colloquy-chat.js" defer></script>`
      response.end(
        `<!doctype html>${html}<head>${head}</head><body><main><h1>A shop</h1>${markup}</main></body></html>`,
      )
    })
    this.sites.push(site)
    site.listen(0, '127.0.0.1')
    await once(site, 'listening')
    return `http://127.0.0.1:${(site.address() as AddressInfo).port}/`
  }

  async visit(url: string, context = this.context): Promise<Page> {
    const page = await context.newPage()
    page.on('pageerror', ({ message }) => this.complaints.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
    await page.goto(url)
    return page
  }

  /** What the bot says of its own accord to whoever wrote first. */
  async tell(parts: Part[] | string, more: Partial<OutgoingMessage> = {}): Promise<void> {
    const { address, conversation, person, channel } = this.host.received[0] as IncomingMessage
    const id = `told-${++this.told}`
    const message = { id, parts: typeof parts === 'string' ? [{ type: 'text' as const, text: parts }] : parts, ...more }
    this.host.events.push({ id, conversation, person, channel, at: Date.now(), type: 'bot', message })
    await this.channel.send(address, message)
  }

  /** Holds messages back until they are let go. */
  hold(): { entered: Promise<void>; release: () => void } {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const entered = new Promise<void>((resolve) => {
      this.host.before = () => {
        resolve()
        return held
      }
    })
    return { entered, release }
  }
}

export function box(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Your message' })
}

export function log(page: Page): Locator {
  return page.getByRole('log', { name: 'Conversation' })
}

export async function say(page: Page, text: string): Promise<void> {
  await box(page).fill(text)
  await box(page).press('Enter')
}

export function bubbles(page: Page): Promise<string[]> {
  return log(page).locator('.bubble').allInnerTexts()
}
