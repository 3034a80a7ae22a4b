import type { Classifier } from '@colloquy/core'
import { expect, it } from 'vitest'
import { describeInBrowser, launch } from '../browser.js'
import { bot, classifier, say, start, url } from './inspected.js'

/** Gives weight to "refund" and takes it from "want". */
const explaining: Classifier = {
  ...classifier,
  async explain(text) {
    const weigh = (word: string) => (word === 'refund' ? 1 : word === 'want' ? -0.5 : 0)
    const words = [...text.matchAll(/[@\w.]+/g)].map(({ 0: word, index }) => {
      return { word, start: index, logit: weigh(word), confidence: weigh(word) / 2 }
    })
    const likeness = { value: 0.2, scaled: -3.1, intent: 'track' }
    const scope = { energy: { value: 4, scaled: 0.5 }, likeness, threshold: -2 }
    return { ...(await classifier.classify(text)), scope, words }
  },
}

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

  it('shows on request what the classifier makes of each word', async () => {
    await start({ classifier: explaining })
    const browser = await launch()
    try {
      const page = await browser.newPage()
      await page.goto(url('/'))
      await say('I want a refund, anna@example.com')
      await page.getByRole('button', { name: 'Explain' }).click()
      await page.getByText('What each word does for refund').waitFor()
      await page.getByRole('row', { name: /refund \+1\.00/ }).waitFor()
      await page.getByRole('row', { name: /want −0\.50/ }).waitFor()
      await page.getByText('−3.10 (0.20 to an exemplar of track)').waitFor()
      expect(await page.content()).not.toContain('anna@')
      await say('call me')
      await page.getByRole('button', { name: 'Explain' }).waitFor()
    } finally {
      await browser.close()
    }
  })
})
