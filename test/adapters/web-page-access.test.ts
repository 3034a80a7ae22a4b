import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { Chat, say } from './chat.js'

/** What axe finds wrong by the rules of WCAG 2.2 AA: names, roles, contrast, sizes of targets. */
async function violations(page: Page): Promise<string[]> {
  // Nothing is half transparent on its way in.
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)))
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    return axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
  })
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  )
}

describeInBrowser('whoever sees, hears or moves differently', () => {
  const chat = new Chat({ origins: ['*'] })

  it.each(['light', 'dark'] as const)('finds names, roles and contrast in order, %s', async (colorScheme) => {
    const context = await chat.browser.newContext({ colorScheme, reducedMotion: 'reduce' })
    const page = await chat.open(
      await chat.site('<colloquy-chat mode="launcher" open feedback></colloquy-chat>'),
      context,
    )
    await say(page, 'everything')
    await page.getByRole('button', { name: 'Yes' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.getByText('Your y card').waitFor()
    await page.getByRole('button', { name: 'New conversation' }).click()
    expect(await violations(page)).toEqual([])
    await context.close()
  })
})
