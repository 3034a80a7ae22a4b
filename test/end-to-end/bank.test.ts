import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bubbles, say } from '../adapters/chat.js'
import { describeInBrowser, launch } from '../browser.js'

describeInBrowser('the bank in the browser', () => {
  let browser: Browser
  let folder: string
  let server: ChildProcess

  beforeAll(async () => {
    browser = await launch()
    folder = await mkdtemp(join(tmpdir(), 'colloquy-'))
  })

  afterAll(async () => {
    await browser.close()
    server.kill('SIGKILL')
    await rm(folder, { recursive: true })
  })

  /** Starts what `npm start` starts, in a process of its own, and returns its address. */
  async function start(port: string): Promise<string> {
    const script = fileURLToPath(new URL('../../examples/bank/web.ts', import.meta.url))
    const env = { ...process.env, PORT: port, BANK_DB: join(folder, 'bank.db') }
    server = spawn(process.execPath, ['--import', 'tsx', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
      const url = /http:\S+/.exec(line)?.[0]
      if (url) return url
    }
    throw new Error('The bot did not start.')
  }

  it('understands through its model, and goes on where it was when the server is killed in the middle', async () => {
    const url = await start('0')
    const page = await browser.newPage()
    await page.goto(url)
    const hears = (text: string) => page.getByText(text).last().waitFor()
    const press = (name: string) => page.getByRole('button', { name, disabled: false }).last().click()

    await say(page, 'My card was stolen!')
    await hears('Which card is it?')
    await say(page, 'the blue one')
    await hears('Sorry, I did not get that.')
    await press('Visa ending in 4021')
    await hears('Shall I freeze your card ending in 4021?')

    server.kill('SIGKILL')
    await once(server, 'exit')
    await page.getByText('Connection lost.').waitFor()
    await say(page, 'yes please')
    await page.getByText('Waiting for the connection').waitFor()
    await start(new URL(url).port)

    await hears('Your card ending in 4021 is frozen.')
    await hears('Would you like a new card?')
    await say(page, 'wait, exchange £200 to euros first')
    await hears('You get €230.00 for £200.00')
    await press('Yes')
    await hears('Your EUR balance is now €350.00')
    await page.getByText('Would you like a new card?').nth(1).waitFor()
    await press('Yes')
    await hears('Shall I send it to your address in LS1 4AB?')
    await press('Yes')
    await hears('Your new card is on its way')

    const shown = await bubbles(page)
    expect(shown.filter((text) => text.includes('is frozen.'))).toHaveLength(1)
    expect(shown.filter((text) => text === 'yes please')).toHaveLength(1)
    await page.reload()
    await hears('Your new card is on its way')
    expect(await bubbles(page)).toEqual(shown)
  })
})
