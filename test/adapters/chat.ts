import { type WebChannel, type WebOptions, web } from '@colloquy/adapters/web'
import type { IncomingMessage, Part } from '@colloquy/core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { launch } from '../browser.js'
import { Host } from './host.js'

const cards: Part[] = [
  { type: 'text', text: 'Which **card** is it?' },
  { type: 'choices', choices: ['Debit', 'Credit'].map((label) => ({ label, value: label.toLowerCase() })) },
]

function script({ text, choice }: IncomingMessage): Part[][] {
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

  constructor() {
    beforeAll(async () => {
      this.browser = await launch()
    })
    afterAll(() => this.browser.close())
    beforeEach(async () => {
      this.host = new Host(script)
      await this.start()
      this.context = await this.browser.newContext()
      this.complaints = []
    })
    afterEach(async () => {
      await this.context.close()
      await this.channel.stop()
    })
  }

  private async start(options: WebOptions = {}): Promise<void> {
    this.channel = await this.host.start(web({ port: 0, title: 'Northbank', greeting: 'Hello!', ...options }))
  }

  /** Stops the server; what it returns starts another one in its place. */
  async stop(): Promise<(options?: WebOptions) => Promise<void>> {
    const port = Number(new URL(this.channel.url).port)
    await this.channel.stop()
    return (options) => this.start({ port, ...options })
  }

  async open(url = this.channel.url, context = this.context): Promise<Page> {
    const page = await context.newPage()
    page.on('pageerror', ({ message }) => this.complaints.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
    await page.goto(url)
    await page.getByText('Online').waitFor()
    return page
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
