import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { box, bubbles, Chat, log, say } from './chat.js'

const launcher = (page: Page) => page.getByRole('button', { name: /(Open|Close) the chat/ }).first()
const badge = (page: Page) => page.locator('.badge')
const focused = (page: Page) =>
  page.evaluate(
    () =>
      document.activeElement?.shadowRoot?.activeElement?.getAttribute('aria-label') ??
      document.activeElement?.shadowRoot?.activeElement?.id,
  )

describeInBrowser('the launcher', () => {
  const chat = new Chat({ origins: ['*'] })

  it('opens and closes with the focus in the right place, and costs the server nothing before', async () => {
    const page = await chat.visit(await chat.site('<colloquy-chat mode="launcher"></colloquy-chat>'))
    const sockets: string[] = []
    page.on('websocket', (socket) => sockets.push(socket.url()))
    await expect.poll(() => launcher(page).getAttribute('aria-expanded')).toBe('false')
    expect(await log(page).isVisible()).toBe(false)
    expect(sockets).toEqual([])
    await launcher(page).click()
    await page.getByRole('dialog', { name: 'Northbank' }).waitFor()
    expect(await launcher(page).getAttribute('aria-expanded')).toBe('true')
    expect(await focused(page)).toBe('message')
    await page.getByText('Online').waitFor()
    expect(sockets).toHaveLength(1)
    await say(page, 'hello')
    await page.getByText('You said: hello').waitFor()
    await page.keyboard.press('Escape')
    await log(page).waitFor({ state: 'hidden' })
    expect(await focused(page)).toBe('Open the chat')
    await page.keyboard.press('Enter')
    expect(await bubbles(page)).toEqual(['Hello!', 'hello', 'You said: hello'])
    await page.getByRole('dialog').getByRole('button', { name: 'Close the chat' }).click()
    await log(page).waitFor({ state: 'hidden' })
    expect(chat.complaints).toEqual([])
  })

  it('keeps the chat open while Escape only takes back a question', async () => {
    const page = await chat.open(await chat.site('<colloquy-chat mode="launcher" open></colloquy-chat>'))
    await page.getByRole('button', { name: 'New conversation' }).click()
    await page.keyboard.press('Escape')
    expect(await page.getByText('Start a new conversation?').isVisible()).toBe(false)
    expect(await log(page).isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await log(page).waitFor({ state: 'hidden' })
  })

  it('counts what was missed, also on the next page, until the chat is opened', async () => {
    const url = await chat.site('<colloquy-chat mode="launcher"></colloquy-chat>')
    const page = await chat.visit(url)
    await launcher(page).click()
    await say(page, 'hello')
    await page.getByText('You said: hello').waitFor()
    expect(await badge(page).isVisible()).toBe(false)
    await page.keyboard.press('Escape')
    await chat.tell('Your card has arrived.')
    await expect.poll(() => badge(page).textContent()).toBe('1')
    await page.getByRole('status').getByText('1 unread message').waitFor()
    await page.goto(`${url}?another`)
    await expect.poll(() => badge(page).textContent()).toBe('1')
    await chat.tell('It is in your letter box.')
    await expect.poll(() => badge(page).textContent()).toBe('2')
    await launcher(page).click()
    await page.getByText('It is in your letter box.').waitFor()
    expect(await badge(page).isVisible()).toBe(false)
    await page.keyboard.press('Escape')
    await page.reload()
    await page.getByText('Online').waitFor({ state: 'attached' })
    expect(await badge(page).isVisible()).toBe(false)
    await chat.tell('A third one.')
    await expect.poll(() => badge(page).textContent()).toBe('1')
  })

  it('invites a visitor once, and takes no for an answer', async () => {
    const markup = '<colloquy-chat mode="launcher" invite="Need <b>help</b>?" invite-after="0"></colloquy-chat>'
    const url = await chat.site(markup)
    const page = await chat.visit(url)
    const invitation = page.getByRole('button', { name: 'Need <b>help</b>?' })
    await invitation.waitFor()
    await page.getByRole('button', { name: 'No, thanks' }).click()
    await invitation.waitFor({ state: 'detached' })
    expect(await log(page).isVisible()).toBe(false)
    await page.reload()
    await launcher(page).waitFor()
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    expect(await invitation.count()).toBe(0)
    const other = await chat.browser.newContext()
    const fresh = await chat.visit(url, other)
    await fresh.getByRole('button', { name: 'Need <b>help</b>?' }).click()
    await log(fresh).waitFor()
    await fresh.getByRole('button', { name: 'Need <b>help</b>?' }).waitFor({ state: 'detached' })
    await other.close()
  })

  it('covers a phone, and lets nothing behind it be reached', async () => {
    const phone = await chat.browser.newContext({ viewport: { width: 375, height: 667 }, hasTouch: true })
    const page = await chat.visit(
      await chat.site('<button>Behind</button><colloquy-chat mode="launcher"></colloquy-chat>'),
      phone,
    )
    await launcher(page).tap()
    await page.getByText('Online').waitFor()
    await expect.poll(() => page.getByRole('dialog').boundingBox()).toEqual({ x: 0, y: 0, width: 375, height: 667 })
    await page.evaluate(() => document.querySelector('button')?.focus())
    expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BUTTON')
    await page.getByRole('dialog').getByRole('button', { name: 'Close the chat' }).tap()
    expect(await launcher(page).isVisible()).toBe(true)
    await phone.close()
  })

  it('is driven by the page: open, send, events, words set before the script came', async () => {
    const page = await chat.visit(await chat.site(''))
    const events = await page.evaluate(async () => {
      type Element = HTMLElement & { open: boolean; words: object; send(text: string, choice?: string): void }
      const element = document.createElement('colloquy-chat') as Element
      element.setAttribute('mode', 'launcher')
      element.words = { open: 'Ask us' }
      const seen: string[] = []
      for (const name of ['open', 'close']) element.addEventListener(name, () => seen.push(name))
      const answer = new Promise<string>((resolve) => {
        element.addEventListener('message', (event) => resolve((event as CustomEvent).detail.parts[0].text))
      })
      document.body.append(element)
      element.open = true
      element.send('I want the gold card', 'gold')
      seen.push(await answer)
      element.open = false
      return seen
    })
    expect(events).toEqual(['open', 'Your *gold* card is frozen.', 'close'])
    await page.getByRole('button', { name: 'Ask us' }).waitFor()
    expect(chat.host.received).toMatchObject([{ text: 'I want the gold card', choice: 'gold' }])
  })

  it('takes its look from custom properties, parts and slots', async () => {
    const page = await chat.open(
      await chat.site(
        '<colloquy-chat mode="launcher" open theme="dark"><b slot="launcher">?</b><i slot="footer">Small print</i></colloquy-chat>',
      ),
    )
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(
        'colloquy-chat { --colloquy-accent: rgb(1, 2, 3); --colloquy-width: 333px } colloquy-chat::part(header) { background: rgb(4, 5, 6) }',
      )
      document.adoptedStyleSheets = [sheet]
    })
    const colour = (selector: string) =>
      page.locator(selector).evaluate((node) => getComputedStyle(node).backgroundColor)
    expect(await colour('.launcher')).toBe('rgb(1, 2, 3)')
    expect(await colour('header')).toBe('rgb(4, 5, 6)')
    expect(await colour('.panel')).toBe('rgb(16, 22, 28)')
    expect((await page.getByRole('dialog').boundingBox())?.width).toBe(333)
    expect(await page.getByText('Small print').isVisible()).toBe(true)
    expect(await page.getByText('?', { exact: true }).count()).toBe(1)
    expect(await box(page).isVisible()).toBe(true)
  })
})
