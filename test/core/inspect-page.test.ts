import { expect, it } from 'vitest'
import { describeInBrowser, launch } from '../browser.js'
import { bot, say, start, url } from './inspected.js'

describeInBrowser('its page', () => {
  it('follows a conversation live, explains each turn, and keeps personal values to itself', async () => {
    await start()
    const browser = await launch()
    try {
      const page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 1300, height: 800 } })
      const complaints: string[] = []
      page.on('pageerror', ({ message }) => complaints.push(message))
      page.on('console', (message) => complaints.push(message.text()))
      await page.goto(url('/'))
      await page.getByText('Live', { exact: true }).waitFor()
      await page.getByText('Conversations appear here as soon as somebody writes.').waitFor()

      await say('I want a refund for 123456 <img src=x onerror=alert(1)>')
      const turn = page.getByRole('region', { name: 'Turn' })
      await turn.getByText('open', { exact: true }).waitFor()
      await page.getByText('Which email did you use?').first().waitFor()
      const [first, second] = await turn.locator('.bar > span').all()
      const [likely = 0, unlikely = 0] = await Promise.all(
        [first, second].map((one) => one?.evaluate((node) => node.getBoundingClientRect().width)),
      )
      expect(likely).toBeGreaterThan(10 * unlikely)

      await say('anna@example.com')
      await turn.getByText('answer', { exact: true }).waitFor()
      const document = page.getByRole('region', { name: 'Document' })
      expect(await document.getByText('[email]', { exact: true }).isVisible()).toBe(true)
      expect(await document.getByText('Refund an order').isVisible()).toBe(true)

      await page.getByRole('button', { name: /I want a refund/ }).click()
      await turn.getByText('“refund” at 95\u00a0% is sure', { exact: false }).waitFor()
      await say('where is it')
      await page.getByText('It arrives Friday.').waitFor()
      expect(await turn.getByText('open', { exact: true }).isVisible()).toBe(true)
      expect(await page.content()).not.toMatch(/anna@|<img/)
      await say('where is it', 'test:other')
      await page.getByRole('button', { name: /other/ }).click()
      await page.locator('[aria-current]', { hasText: 'other' }).waitFor()
      await page.getByText('I want a refund').waitFor({ state: 'detached' })

      await bot.stop()
      await page.getByText('The bot does not answer.').waitFor()
      expect(complaints.filter((text) => !text.includes('ERR_'))).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
