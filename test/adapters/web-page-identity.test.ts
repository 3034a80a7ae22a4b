import { SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { Chat, say } from './chat.js'

const secret = 'a secret of the shop, 32 characters or more'
const signed = (expires: string) =>
  new SignJWT({ name: 'Ada' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('ada')
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret))

describeInBrowser('somebody who has signed in', () => {
  const chat = new Chat({ origins: ['*'], identity: { secret } })

  it('has one conversation on all devices, which cannot be left for another', async () => {
    const url = await chat.site(`<colloquy-chat token="${await signed('5m')}"></colloquy-chat>`)
    const page = await chat.open(url)
    await say(page, 'hello')
    await page.getByText('You said: hello').waitFor()
    expect(chat.host.received).toMatchObject([{ person: 'web:ada', name: 'Ada' }])
    expect(await page.getByRole('button', { name: 'New conversation' }).count()).toBe(0)
    const phone = await chat.browser.newContext()
    const there = await chat.open(url, phone)
    await there.getByText('You said: hello').waitFor()
    await there
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
    await there.getByRole('progressbar').waitFor({ state: 'detached' })
    await say(there, 'from the phone')
    await page.getByText('from the phone').waitFor()
    await page.getByText('Got a.txt').waitFor()
    await phone.close()
    expect(chat.complaints).toEqual([])
  })

  it('is asked for a fresh token when one is refused, and loses nothing meanwhile', async () => {
    const tokens = [await signed('-5m'), await signed('5m')]
    const page = await chat.visit(await chat.site(''))
    const refused = await page.evaluate(async (tokens) => {
      const element = document.createElement('colloquy-chat') as HTMLElement & {
        token: () => Promise<string | undefined>
      }
      element.token = async () => tokens.shift()
      const refused = new Promise<string>((resolve) => element.addEventListener('refused', ({ type }) => resolve(type)))
      document.body.append(element)
      return refused
    }, tokens)
    expect(refused).toBe('refused')
    await say(page, 'hello')
    await page.getByText('You said: hello').waitFor()
    expect(chat.host.received).toMatchObject([{ person: 'web:ada', text: 'hello' }])
  })

  it('is a stranger again once the page takes the token away, and does not show what was said', async () => {
    const page = await chat.open(await chat.site(`<colloquy-chat token="${await signed('5m')}"></colloquy-chat>`))
    await say(page, 'my secret plans')
    await page.getByText('You said: my secret plans').waitFor()
    await page.evaluate(() => document.querySelector('colloquy-chat')?.removeAttribute('token'))
    await page.getByText('You said: my secret plans').waitFor({ state: 'detached' })
    await page.getByText('Online').waitFor()
    await say(page, 'hello')
    await page.getByText('You said: hello').waitFor()
    expect(chat.host.received.at(-1)?.person).not.toBe('web:ada')
    await page.getByRole('button', { name: 'New conversation' }).waitFor()
  })
})
