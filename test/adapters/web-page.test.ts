import type { IncomingMessage } from '@colloquy/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { box, bubbles, Chat, log, say } from './chat.js'

describeInBrowser('the page', () => {
  const chat = new Chat()

  it('holds a conversation by typing and pressing', async () => {
    const page = await chat.open()
    await say(page, 'my card is lost')
    expect(
      await log(page)
        .getByText('card', { exact: true })
        .evaluate((node) => node.tagName),
    ).toBe('STRONG')
    await page.getByRole('button', { name: 'Debit' }).click()
    await page.getByText('Your debit card is frozen.').waitFor()
    expect(await bubbles(page)).toEqual([
      ...['Hello!', 'my card is lost', 'Which card is it?', 'Debit', 'Your debit card is frozen.'],
    ])
    expect(chat.host.received).toMatchObject([{ text: 'my card is lost' }, { text: 'Debit', choice: 'debit' }])
    expect(await page.getByRole('button', { name: 'Debit', pressed: true }).isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: 'Credit', pressed: false }).isDisabled()).toBe(true)
    expect(await box(page).evaluate((node) => node.matches(':focus'))).toBe(true)
    expect(chat.complaints).toEqual([])
  })

  it('is used with the keyboard alone', async () => {
    const page = await chat.open()
    await box(page).focus()
    await page.keyboard.type('one')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('two')
    await page.keyboard.press('Enter')
    await page.getByText('You said: one').waitFor()
    expect(chat.host.received).toMatchObject([{ text: 'one\ntwo' }])
    await page.keyboard.type('my card is lost')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Credit' }).waitFor()
    // Past the button that attaches files.
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Space')
    await page.getByText('Your credit card is frozen.').waitFor()
    await page.getByRole('button', { name: 'New conversation' }).press('Enter')
    await page.keyboard.press('Escape')
    expect(await page.getByRole('button', { name: 'New conversation', expanded: false }).isVisible()).toBe(true)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByText('Your credit card').waitFor({ state: 'detached' })
    await page.keyboard.type('fresh')
    await page.keyboard.press('Enter')
    await page.getByText('You said: fresh').waitFor()
    expect(new Set(chat.host.received.map(({ conversation }) => conversation)).size).toBe(2)
  })

  it('turns no text into markup, whoever wrote it', async () => {
    const attacks = [
      '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>',
      '[a](javascript:window.pwned=1) [b](data:text/html,<script>1</script>) [c](https://ok.example)',
      '```html\n<svg onload=window.pwned=1>\n```\n# <iframe src=javascript:1>\n- <b>x</b>',
      ...fc.sample(fc.string({ unit: fc.constantFrom(...'<>&"\'*_`[]()#-\n aj:/'), maxLength: 80 }), 40),
    ]
    const page = await chat.open()
    await say(page, attacks[0] ?? '')
    await page.getByText('You said: <img').waitFor()
    const { address } = chat.host.received[0] as IncomingMessage
    for (const [i, text] of attacks.entries())
      await chat.channel.send(address, { id: `a${i}`, parts: [{ type: 'text', text }] })
    await expect.poll(() => log(page).locator('.bot').count()).toBe(attacks.length + 2)
    const found = await log(page).evaluate((root) => {
      const nodes = [...root.querySelectorAll('*')]
      return {
        tags: [...new Set(nodes.map(({ tagName }) => tagName.toLowerCase()))],
        handlers: nodes.flatMap((node) => node.getAttributeNames().filter((name) => /^on|^style$|^src/.test(name))),
        links: nodes.flatMap((node) => node.getAttribute('href') ?? []),
        pwned: 'pwned' in window,
      }
    })
    const allowed = 'div p time span br strong em code pre ul ol li a button svg path'.split(' ')
    expect(found.tags.filter((tag) => !allowed.includes(tag))).toEqual([])
    expect(found).toMatchObject({ handlers: [], links: ['https://ok.example'], pwned: false })
    expect(await bubbles(page)).toContain(attacks[0])
    expect(chat.complaints).toEqual([])
  })

  it('keeps what is too long in the box and says by how much', async () => {
    const page = await chat.open()
    await say(page, 'x'.repeat(4003))
    await page.getByText('Too long by 3 characters').waitFor()
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
    await box(page).press('Backspace')
    await box(page).press('Backspace')
    await box(page).press('Backspace')
    await page.getByText('0 characters left').waitFor()
    await box(page).press('Enter')
    await page.getByText('You said: xxx').waitFor()
    expect(chat.host.received.map(({ text }) => text.length)).toEqual([4000])
  })

  it('does not jump away from what the reader scrolled up to', async () => {
    const page = await chat.open()
    await say(page, 'line\n'.repeat(80))
    await page.getByText('You said: line').waitFor()
    const top = () => page.locator('.scroll').evaluate((node) => node.scrollTop)
    const { address } = chat.host.received[0] as IncomingMessage
    await page.locator('.scroll').evaluate((node) => node.scrollTo(0, 100))
    const newer = page.getByRole('button', { name: 'New messages' })
    await chat.channel.send(address, { id: 'n1', parts: [{ type: 'text', text: 'something new' }] })
    await newer.waitFor()
    expect(await top()).toBe(100)
    await newer.click()
    await newer.waitFor({ state: 'hidden' })
    expect(await top()).toBeGreaterThan(1000)
  })

  it('reads new lines out, and not what was said before the page opened', async () => {
    const page = await chat.open()
    await say(page, 'hello')
    await page.getByText('You said: hello').waitFor()
    await page.locator('[role=log][aria-live=polite]').waitFor()
    const silent = await chat.context.newPage()
    await silent.addInitScript(() => {
      Object.assign(window, { requestAnimationFrame: () => 0 })
    })
    await silent.goto(chat.channel.url)
    await silent.getByText('You said: hello').waitFor()
    expect(await log(silent).getAttribute('aria-live')).toBe('off')
  })

  it('fits a small phone in the dark', async () => {
    const phone = await chat.browser.newContext({
      viewport: { width: 320, height: 568 },
      colorScheme: 'dark',
      hasTouch: true,
    })
    const page = await chat.open(chat.channel.url, phone)
    await say(page, 'a-very-long-word'.repeat(40))
    await page.getByText('You said: a-very').waitFor()
    const size = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.scrollHeight,
    ])
    expect(size).toEqual([320, 568])
    expect(await box(page).isVisible()).toBe(true)
    const background = await page.locator('.panel').evaluate((node) => getComputedStyle(node).backgroundColor)
    expect(background).toBe('rgb(16, 22, 28)')
    await phone.close()
  })
})
