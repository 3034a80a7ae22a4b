import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ColloquyError } from '@colloquy/core'
import { expect, it, onTestFinished } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { bubbles, Chat, say } from './chat.js'

describeInBrowser('the page and its server', () => {
  const chat = new Chat()

  it('loses and doubles nothing while the server is replaced', async () => {
    const page = await chat.open()
    await say(page, 'before')
    await page.getByText('You said: before').waitFor()
    const restart = await chat.stop()
    await page.getByText('Connection lost.').waitFor()
    await say(page, 'first while away')
    await say(page, 'second while away')
    await page.getByText('Waiting for the connection').first().waitFor()
    await restart()
    await page.getByText('You said: second while away').waitFor()
    const expected = ['Hello!', 'before', 'You said: before', 'first while away', 'second while away']
    expect(await bubbles(page)).toEqual([...expected, 'You said: first while away', 'You said: second while away'])
    expect(chat.host.events.filter(({ type }) => type === 'customer')).toHaveLength(3)
    await page.reload()
    await page.getByText('You said: second while away').waitFor()
    const again = await bubbles(page)
    expect(again.sort()).toEqual([...expected, 'You said: first while away', 'You said: second while away'].sort())
  })

  it('sends a message again, under its id, when the connection died before the answer', async () => {
    const page = await chat.open()
    const { entered, release } = chat.hold()
    await say(page, 'pay 5')
    await entered
    await page.evaluate(() => window.dispatchEvent(new Event('offline')))
    await page.getByText('Connection lost.').waitFor()
    release()
    await page.getByText('You said: pay 5').waitFor()
    await page.getByText('Sent', { exact: true }).waitFor()
    expect(new Set(chat.host.received.map(({ id }) => id)).size).toBe(1)
    expect(await bubbles(page)).toEqual(['Hello!', 'pay 5', 'You said: pay 5'])
  })

  it('sends a message that failed again when asked, under its id', async () => {
    const page = await chat.open()
    chat.host.before = async () => {
      throw new ColloquyError('store_unavailable', 'No.')
    }
    await say(page, 'pay 5')
    await page.getByText('Not sent. Something went wrong on our side.').waitFor()
    chat.host.before = async () => {}
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('You said: pay 5').waitFor()
    expect(chat.host.received).toHaveLength(2)
    expect(chat.host.received[0]?.id).toBe(chat.host.received[1]?.id)
    expect(await bubbles(page)).toEqual(['Hello!', 'pay 5', 'You said: pay 5'])
  })

  it('says why a message was refused, and never sends it again', async () => {
    const page = await chat.open()
    chat.host.before = async () => {
      throw new ColloquyError('bad_message', 'No.')
    }
    await say(page, 'no good')
    await page.getByRole('alert').getByText('Not sent. This message cannot be handled.').waitFor()
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(false)
    chat.host.before = async () => {}
    const restart = await chat.stop()
    await page.getByText('Connection lost.').waitFor()
    await restart()
    await page.getByText('Online').waitFor()
    await say(page, 'good')
    await page.getByText('You said: good').waitFor()
    expect(chat.host.received.map(({ text }) => text)).toEqual(['no good', 'good'])
  })

  it('is embedded by another site with one script tag, under a policy as strict', async () => {
    const { url } = chat.channel
    const headers = {
      'content-type': 'text/html',
      'content-security-policy': `default-src 'none'; img-src data:; script-src ${url}; connect-src ${url} ws${url.slice(4)}`,
    }
    const site = createServer((_request, response) => {
      const script = `<script src="${url}colloquy-chat.js" defer></script>`
      response.writeHead(200, headers)
      response.end(
        `<!doctype html><link rel="icon" href="data:,">${script}<colloquy-chat title="Elsewhere"></colloquy-chat>`,
      )
    })
    onTestFinished(() => void site.close())
    site.listen(0, '127.0.0.1')
    await once(site, 'listening')
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
    await (await chat.stop())({ origins: [origin] })
    const page = await chat.open(origin)
    await page.getByRole('heading', { name: 'Elsewhere' }).waitFor()
    await say(page, 'hello')
    await page.getByText('You said: hello').waitFor()
    expect(chat.complaints).toEqual([])
  })
})
