import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage as Request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answerer, createBot, dialog, type EndpointOptions, memory, type Passage, readPassages } from '@colloquy/core'
import { byPattern, chat } from '@colloquy/core/testing'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const passages: Passage[] = [
  { title: 'Opening hours', text: 'Our branches open from 9 to 5.', url: 'https://bank.example/hours' },
  { title: 'Fees', text: 'A transfer abroad costs 3 pounds.' },
]
const WORDS = ['open', 'hours', 'branches', 'fee', 'transfer', 'abroad', 'cost']

/** An embedding that counts words: what is tested here is what is done with it. */
async function embed(text: string): Promise<Float32Array> {
  return Float32Array.from([...WORDS.map((word) => (text.toLowerCase().includes(word) ? 1 : 0)), 0.1])
}

type Reply = (asked: { messages: { content: string }[]; max_tokens: number }, request: Request) => string[] | number

/** An endpoint on this machine that streams what the test says. */
class Endpoint {
  server: Server | undefined
  asked: string[] = []
  reply: Reply = () => ['Hello.']

  async start(): Promise<string> {
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const asked = JSON.parse(body)
      this.asked.push(asked.messages.map((one: { content: string }) => one.content).join('\n'))
      const pieces = this.reply(asked, request)
      if (typeof pieces === 'number') {
        response.writeHead(pieces).end('no')
        return
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const content of pieces) {
        // Cut in the middle, as networks do.
        const event = `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\r\n\r\n`
        response.write(event.slice(0, 9))
        await new Promise((resolve) => setTimeout(resolve, 2))
        response.write(event.slice(9))
      }
      if (pieces.length > 0) response.end('data: [DONE]\n\n')
    }).listen(0, '127.0.0.1')
    this.server = server
    await new Promise((resolve) => server.once('listening', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`
  }
}

describe('an answerer', () => {
  const endpoint = new Endpoint()
  let url = ''
  beforeEach(async () => {
    endpoint.asked = []
    url = await endpoint.start()
  })
  afterEach(() => {
    endpoint.server?.closeAllConnections()
    endpoint.server?.close()
  })

  function talk(options?: Partial<EndpointOptions>) {
    const typed: string[] = []
    const faq = answerer({ passages, embed, ...(options && { endpoint: { url, model: 'm', ...options } }) })
    const track = dialog({ name: 'track', title: 'Track', start: 'track', run: (d) => d.say('Friday.') })
    const bot = createBot({
      dialogs: [track, faq],
      classifier: byPattern({ track: /where/ }),
      store: memory(),
      channels: [],
      log: pino({ level: 'silent' }),
    })
    return { t: chat(bot, { typing: (soFar) => typed.push(soFar) }), typed }
  }

  it('answers with the nearest passage and its source, and counts that as understood', async () => {
    const { t } = talk()
    for (let n = 0; n < 4; n++) {
      await t
        .user(`when do your branches open? ${n}`)
        .bot('Our branches open from 9 to 5.\n\n[Opening hours](https://bank.example/hours)')
    }
  })

  it('does what the fallback does where nothing is near', async () => {
    const { t } = talk()
    await t.user('sing me a song').bot(/did not understand/)
    await t.user('sing!').bot(/Is it one of these/, ['Track', 'None of these'])
  })

  it('puts passages into words, grounded in them alone, and shows them as they come', async () => {
    endpoint.reply = () => ['From nine', ' to ', 'five.']
    const { t, typed } = talk({})
    await t.user('when do your branches open').bot('From nine to five.\n\n[Opening hours](https://bank.example/hours)')
    expect(typed).toEqual(['From nine', 'From nine to ', 'From nine to five.'])
    expect(endpoint.asked).toHaveLength(1)
    expect(endpoint.asked[0]).toContain('Our branches open from 9 to 5.')
    expect(endpoint.asked[0]).not.toContain('3 pounds')
  })

  it('refuses where the passages hold no answer, and shows nothing of the refusal', async () => {
    endpoint.reply = () => ['NO ', 'ANSWER']
    const { t, typed } = talk({})
    await t.user('open the branches for me').bot(/did not understand/)
    expect(typed).toEqual([])
  })

  it.each<[claim: string, reply: Reply, options: Partial<EndpointOptions>]>([
    ['fails', () => 500, {}],
    ['never ends', () => [], { seconds: 0.2 }],
    ['writes no JSON', () => ['x'], { url: 'http://127.0.0.1:1/v1' }],
    ['has spent its budget', () => ['Yes.'], { tokensPerDay: 0 }],
  ])('does what the fallback does where the endpoint %s', async (_claim, reply, options) => {
    endpoint.reply = reply
    await talk(options)
      .t.user('when do your branches open')
      .bot(/did not understand/)
  })
})

describe('passages', () => {
  it('are the headings of a Markdown file with the text under them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-faq-'))
    const path = join(folder, 'faq.md')
    writeFileSync(path, 'Intro\n# Hours #\nNine to five.\n\n## Empty\n\n## Fees\n- None\n- at all\n')
    expect(await readPassages(path)).toEqual([
      { title: 'Hours', text: 'Nine to five.' },
      { title: 'Fees', text: '- None\n- at all' },
    ])
    writeFileSync(path, 'no headings')
    await expect(readPassages(path)).rejects.toMatchObject({ code: 'bad_data' })
    await expect(readPassages(join(folder, 'none.md'))).rejects.toMatchObject({ code: 'bad_data' })
    rmSync(folder, { recursive: true })
  })
})
