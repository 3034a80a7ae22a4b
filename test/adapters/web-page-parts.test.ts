import type { Part } from '@colloquy/core'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { bubbles, Chat, log, say } from './chat.js'

describeInBrowser('what the bot says', () => {
  const chat = new Chat()

  it('shows several cards side by side, to be swiped, turned and pressed', async () => {
    const page = await chat.open()
    await say(page, 'everything')
    const cards = page.getByRole('group', { name: 'Cards' })
    await cards.waitFor()
    expect(await cards.getByRole('article').count()).toBe(4)
    const left = () => cards.evaluate((node) => node.scrollLeft)
    expect(await page.getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Next' }).click()
    await expect.poll(left).toBeGreaterThan(100)
    await page.getByRole('button', { name: 'Previous' }).click()
    await expect.poll(left).toBe(0)
    await page.getByRole('button', { name: 'Take Gold' }).click()
    await page.getByText('Your Gold card is frozen.').waitFor()
    expect(await page.getByRole('button', { name: 'Take Gold', pressed: true }).isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: 'Take Student', pressed: false }).isDisabled()).toBe(true)
    expect(chat.complaints).toEqual([])
  })

  it('forms Markdown as it is written, closes what is open, and keeps what is selected', async () => {
    const page = await chat.open()
    await say(page, 'hello')
    await page.getByText('You said: hello').waitFor()
    const { address } = chat.host.received[0] ?? {}
    const write = (soFar: string) => chat.channel.typing?.(address ?? null, soFar)
    const draft = page.locator('.typing .bubble')
    await write('First.\n\nA **bo')
    await expect.poll(() => draft.innerHTML()).toBe('<p dir="auto">First.</p><p dir="auto">A <strong>bo</strong></p>')
    await draft
      .locator('p')
      .first()
      .evaluate((node) => getSelection()?.selectAllChildren(node))
    await write('First.\n\nA **bold** word and [a li')
    await expect.poll(() => draft.textContent()).toContain('A bold word and a li')
    expect(await page.evaluate(() => `${getSelection()}`)).toBe('First.')
    await write('First.\n\nA **bold** word and [a link](https://bank.example/')
    await expect.poll(() => draft.textContent()).toContain('and a link')
    await chat.tell('First.\n\nA **bold** word and [a link](https://bank.example/).')
    await page.getByRole('link', { name: 'a link' }).waitFor()
    expect(await draft.count()).toBe(0)
    expect((await bubbles(page)).at(-1)).toContain('A bold word and a link')
  })

  it('takes a form by its fields, says what is missing, and shows what was entered', async () => {
    const page = await chat.open()
    await say(page, 'everything')
    const form = page.getByRole('form', { name: 'Refund an order' })
    await form.getByRole('button', { name: 'Send' }).click()
    expect(await form.getByRole('alert').allInnerTexts()).toEqual(['Please fill this in.', 'Please fill this in.', ''])
    const order = form.getByLabel('Order number')
    expect(await order.evaluate((node) => node.matches(':focus') && node.ariaInvalid)).toBe('true')
    await order.fill('654321')
    expect((await form.getByRole('alert').allInnerTexts())[0]).toBe('')
    await form.getByLabel('What went wrong?').selectOption('Late')
    await form.getByLabel('Anything else?').press('Enter')
    await page.getByText('Filled in: {"order":"654321","reason":"l","note":""}').waitFor()
    expect(chat.host.received[1]).toMatchObject({ text: '', fields: { order: '654321', reason: 'l', note: '' } })
    expect(await bubbles(page)).toContain('Order number: 654321\nWhat went wrong: Late')
    expect(await order.isDisabled()).toBe(true)
    await page.reload()
    await page.getByText('Filled in:').waitFor()
    expect(await bubbles(page)).toContain('Order number: 654321\nWhat went wrong: Late')
    expect(await form.getByLabel('What went wrong?').inputValue()).toBe('l')
    expect(await form.getByRole('button', { name: 'Send' }).isVisible()).toBe(false)
  })

  it('takes thumbs, lets them turn, and shows them again', async () => {
    const page = await chat.open()
    await say(page, 'everything')
    await page.getByRole('button', { name: 'Not helpful' }).waitFor()
    const said = chat.host.events.find(({ type }) => type === 'bot')
    const message = said?.type === 'bot' ? said.message.id : undefined
    await page.getByRole('button', { name: 'Not helpful' }).click()
    await page.getByRole('status').getByText('Thank you for telling us.').waitFor()
    await expect.poll(() => chat.host.received.at(-1)).toMatchObject({ feedback: { value: -1, message } })
    await page.getByRole('button', { name: 'Helpful', exact: true }).click()
    await expect.poll(() => chat.host.received.at(-1)).toMatchObject({ feedback: { value: 1, message } })
    await page.reload()
    await page.getByRole('button', { name: 'Helpful', exact: true, pressed: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Not helpful', pressed: false }).isVisible()).toBe(true)
  })

  it('says who answers once a person does, and when the bot is back', async () => {
    const page = await chat.open()
    await say(page, 'hello')
    await page.getByText('You said: hello').waitFor()
    await chat.tell('I can help with that.', { speaker: 'Mia <b>' })
    await page.getByRole('status').getByText('You are talking to Mia <b>').waitFor()
    expect(await log(page).getByText('Mia <b>', { exact: true }).isVisible()).toBe(true)
    await page.reload()
    await page.getByText('You are talking to Mia <b>').waitFor()
    await chat.tell('Back to the bot.')
    await page.getByText('Online').waitFor()
  })

  it('runs nothing of what it is told, through any part, with and without a policy to stop it', async () => {
    const attacks = [
      '<img src=x onerror="window.pwned=1">',
      '<script>window.pwned=1</script>',
      '"><svg onload=window.pwned=1>',
      "'-window.pwned=1-'",
      'javascript:window.pwned=1',
      'JaVaScRiPt:window.pwned=1',
      'data:text/html,<script>window.pwned=1</script>',
      'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=1"/>',
      '[x](javascript:window.pwned=1) ![x](javascript:window.pwned=1) <javascript:window.pwned=1>',
      '`<b>` **<i onclick=window.pwned=1>** [<u>](https://a.example/"onmouseover="window.pwned=1)',
      '{{constructor.constructor("window.pwned=1")()}}',
      '\u202e<iframe srcdoc="<script>parent.pwned=1</script>">',
    ]
    const parts = (evil: string): Part[] => [
      { type: 'text', text: evil },
      { type: 'text', text: `# ${evil}\n- ${evil}\n\n\`\`\`${evil}\n${evil}\n\`\`\`` },
      { type: 'list', items: [evil] },
      { type: 'image', url: evil, alt: evil },
      { type: 'file', url: evil, name: evil },
      { type: 'card', title: evil, text: evil, image: evil, choices: [{ label: evil, value: evil }] },
      {
        type: 'form',
        title: evil,
        fields: [
          { name: evil, label: evil, choices: [{ label: evil, value: evil }] },
          { name: `${evil}2`, label: evil },
        ],
      },
      { type: 'choices', choices: [{ label: evil, value: evil }] },
      { type: 'feedback' },
    ]
    for (const bypassCSP of [false, true]) {
      const context = await chat.browser.newContext({ bypassCSP })
      const page = await chat.open(chat.channel.url, context)
      await say(page, attacks[0] ?? '')
      await page.getByText('You said: <img').waitFor()
      const { address } = chat.host.received.at(-1) ?? { address: null }
      for (const [i, evil] of attacks.entries()) {
        await chat.channel.typing?.(address, evil)
        await chat.channel.send(address, { id: `evil-${i}`, parts: parts(evil), speaker: evil })
      }
      await expect.poll(() => log(page).locator('form').count()).toBe(attacks.length)
      await page.evaluate(
        (evil) => document.querySelector('colloquy-chat')?.setAttribute('title', evil),
        attacks[0] ?? '',
      )
      const found = await page.locator('.chat').evaluate((root) => {
        const nodes = [...root.querySelectorAll('*')]
        const attributes = nodes.flatMap((node) => [...node.attributes])
        return {
          tags: [...new Set(nodes.map(({ localName }) => localName))].sort(),
          // The one style is the height of the text box.
          handlers: attributes.filter(
            ({ name, value }) => /^(on|srcdoc|action|formaction|style)/.test(name) && !/^height: [\w.]+;$/.test(value),
          ).length,
          urls: attributes.filter(({ name }) => /^(href|src)$/.test(name)).map(({ value }) => value.slice(0, 22)),
        }
      })
      const known =
        'a article bdi br button circle code div em form h2 header i img input label li ol option p path pre section select slot span strong svg textarea time ul'
      expect(found.tags.filter((tag) => !known.split(' ').includes(tag))).toEqual([])
      expect(found.handlers).toBe(0)
      // What is no link to the web is a file to be saved, or of this very server, where it is nothing.
      for (const url of found.urls) expect(url).toMatch(/^(https?:|data:)/)
      expect(await page.locator('img[src^="data:"]').count()).toBe(0)
      for (const link of await page.locator('a[href^="data:"]').all())
        expect(await link.getAttribute('download')).not.toBe(null)
      expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
      expect(page.url()).toBe(chat.channel.url)
      await context.close()
    }
  })
})
