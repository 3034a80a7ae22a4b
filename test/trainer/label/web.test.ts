import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { serveReview } from '../../../packages/trainer/dist/label/web/server.js'
import { describeInBrowser, launch } from '../../browser.js'
import { review } from './reviewed.js'

let page: Awaited<ReturnType<typeof serveReview>> | undefined
afterEach(() => page?.stop())

async function serve() {
  const made = await review()
  page = await serveReview(made.review, 0)
  return { ...made, url: page.url }
}

/** `fetch` sends its own Host. */
function status(
  url: string,
  path: string,
  method: string,
  headers: Record<string, string>,
  body = '',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers, family: 4 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('a review as a page', () => {
  const json = { 'content-type': 'application/json' }

  it('is for this machine and its own page alone', async () => {
    const { url, file } = await serve()
    const decision = JSON.stringify({ decision: 'oos', conversation: 'b', turn: 0 })
    expect(await status(url, 'state', 'GET', { host: 'evil.example' })).toBe(403)
    expect(await status(url, 'decide', 'POST', { ...json, host: 'evil.example' }, decision)).toBe(403)
    expect(await status(url, 'decide', 'POST', { ...json, origin: 'https://evil.example' }, decision)).toBe(403)
    expect(await status(url, 'decide', 'POST', { 'content-type': 'text/plain' }, decision)).toBe(415)
    expect(await status(url, 'decide', 'GET', {})).toBe(405)
    expect(await status(url, 'other', 'GET', {})).toBe(404)
    expect(file.events).toEqual([])
    expect(await status(url, 'decide', 'POST', { ...json, origin: url.slice(0, -1) }, decision)).toBe(200)
    expect(file.events).toMatchObject([{ decision: 'oos', conversation: 'b' }])
  })

  it('takes nothing for a decision that is none', async () => {
    const { url, file } = await serve()
    const bad = ['', 'x', '[]', '{}', '{"decision":"undo","conversation":"b","turn":0}', 'x'.repeat(100_000)]
    const accept = '{"decision":"accept","conversation":"b","turn":0}'
    for (const body of [...bad, accept]) expect(await status(url, 'decide', 'POST', json, body)).toBe(400)
    expect(file.events).toEqual([])
  })
})

describeInBrowser('its page', { timeout: 60_000 }, () => {
  it('is worked by keys alone, and by a mouse too', async () => {
    const { url, file } = await serve()
    const browser = await launch()
    try {
      const tab = await browser.newPage()
      const complaints: string[] = []
      tab.on('pageerror', ({ message }) => complaints.push(message))
      tab.on('console', (message) => complaints.push(message.text()))
      await tab.goto(url)
      await tab.getByText('0 decided · 3 left').waitFor()
      await tab.getByText('The model knows nothing like it').waitFor()
      await tab.keyboard.press('o')
      await tab.getByText('1 decided · 2 left').waitFor()
      await tab.getByText('“money back please”').waitFor()
      await tab.keyboard.press('2')
      await tab.getByText('2 decided · 1 left').waitFor()
      await tab.keyboard.press('u')
      await tab.getByText('1 decided · 2 left').waitFor()
      await tab.keyboard.press('/')
      await tab.keyboard.type('gift card')
      await tab.keyboard.press('Enter')
      await tab.getByText('2 decided · 1 left').waitFor()
      await tab.getByRole('button', { name: /Accept refund/ }).click()
      await tab.getByText('Everything is decided.').waitFor()
      expect(file.events.map(({ decision, intent }) => [decision, intent])).toEqual([
        ['oos', undefined],
        ['relabel', 'track'],
        ['undo', undefined],
        ['new', 'gift card'],
        ['accept', 'refund'],
      ])
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
