import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { crash } from './crash.js'
import { delivery } from './delivery.js'
import { handoff } from './handoff.js'
import type { RemoteModule } from './remote.js'
import { LONG } from './shop.js'
import { PATIENCE, Talk } from './talk.js'

const TIME = 120_000

/** What every adapter does, against its real library and a stand-in for the remote service. */
export function contract(module: RemoteModule): void {
  const talk = new Talk(module)
  const { has, longest } = module

  describe(module.name, { timeout: TIME }, () => {
    beforeEach(() => talk.begin(), TIME)
    afterEach(() => talk.end(), TIME)
    afterAll(() => talk.dispose())

    it('carries text both ways, and says who wrote', async () => {
      await talk.start()
      await talk.remote.write('Are you open?', { name: 'Anna Keller' })
      await talk.sees('until nine')
      expect(talk.received).toMatchObject([{ text: 'Are you open?' }])
      const [{ conversation, person, channel } = {}] = talk.received
      for (const id of [conversation, person]) expect(id).toMatch(new RegExp(`^${channel}:`))
    })

    it('keeps any text as it was written', async () => {
      await talk.start()
      const text = 'Where is <b>it</b> & *this*? 你好 👩‍👩‍👧‍👦 "quoted" \\n `code` <@U1> &amp;'
      await talk.remote.write(text)
      await talk.sees('It arrives on Friday.')
      expect(talk.received.map((message) => message.text)).toEqual([text])
    })

    it('splits a long text between lines, and loses none of it', async () => {
      await talk.start()
      await talk.remote.write('Tell me everything.')
      await talk.sees('--lost')
      const pieces = (await talk.remote.seen()).map((one) => one.text)
      for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(longest)
      const words = (text: string) => text.replace(/[*`_~]/g, '').match(/[\p{L}\p{N}]+/gu)
      expect(words(pieces.join('\n'))).toEqual(words(LONG))
      expect(pieces.join('\n').match(/^Sentence \d+ says .* late\.$/gm)).toHaveLength(700)
      for (const piece of pieces) expect(piece.match(/```/g)?.length ?? 0).toBeOneOf([0, 2])
    })

    it('offers choices, and takes the one that is pressed', async () => {
      await talk.start()
      await talk.remote.write('A refund for order 123456, please.')
      expect((await talk.sees('What went wrong?')).choices).toEqual(['damaged', 'late', 'other'])
      await talk.remote.press('late')
      expect((await talk.sees('Refund order 123456?')).choices).toEqual(['Yes', 'No'])
      await talk.remote.press('Yes')
      await talk.sees('Order 123456 is refunded, as it was late.')
    })

    it('takes a typed answer for a choice', async () => {
      await talk.start()
      await talk.remote.write('A refund for order 123456, please.')
      await talk.sees('What went wrong?')
      await talk.remote.write('it was damaged')
      await talk.sees('Refund order 123456?')
      await talk.remote.write('yes')
      await talk.sees('as it was damaged')
    })

    it('shows lists, cards, images and files, each with what it says', async () => {
      await talk.start()
      await talk.remote.write('Which shoes do you have?')
      const shown = await vi.waitFor(async () => {
        const all = await talk.remote.seen()
        expect(all.flatMap(({ files }) => files)).toEqual([{ name: 'terms.txt', bytes: 21 }])
        expect(all.flatMap(({ images }) => images).length).toBeGreaterThanOrEqual(2)
        return all
      }, PATIENCE)
      const text = shown.map((one) => one.text).join('\n')
      for (const said of ['What we', 'red shoes', 'blue shoes', 'Red shoes', 'Size 38']) expect(text).toContain(said)
      expect(shown.flatMap(({ choices }) => choices)).toEqual(['Buy red'])
    })

    it('takes files in, which can be read afterwards', async () => {
      await talk.start()
      await talk.remote.write('Here is a photo')
      await talk.sees('Please send a photo.')
      const bytes = new TextEncoder().encode('not really a photo')
      await talk.remote.write('', { files: [{ name: 'scratch.png', type: 'image/png', bytes }] })
      await talk.sees('(image/png)')
      const [attachment] = talk.received.at(-1)?.attachments ?? []
      const file = await talk.host.file(attachment?.url ?? '')
      expect(Buffer.from(file.bytes).toString()).toBe('not really a photo')
      expect(file.type).toBe('image/png')
    })

    it('takes a rating', async () => {
      const bot = await talk.start()
      await talk.remote.write('Are you open?')
      await talk.remote.rate(await talk.sees('until nine'), -1)
      await vi.waitFor(async () => {
        const events = await bot.history(talk.received[0]?.conversation ?? '', 50)
        expect(events.filter(({ type }) => type === 'feedback')).toMatchObject([{ value: -1 }])
      }, PATIENCE)
    })

    it.runIf(has.typing)('shows that an answer is on its way', async () => {
      await talk.start()
      talk.hold()
      await talk.remote.write('Be slow.')
      await vi.waitFor(() => expect(talk.remote.typing()).toBeGreaterThan(0), PATIENCE)
      talk.release()
      await talk.sees('That took a while.')
    })

    it.runIf(has.edit)('shows an answer while it is written, and replaces it by the whole', async () => {
      await talk.start()
      talk.hold()
      await talk.remote.write('Tell me a story.')
      await talk.sees('Once')
      talk.release()
      const { id } = await talk.sees('there was a parcel.')
      expect((await talk.remote.seen()).filter(({ text }) => text.includes('Once'))).toHaveLength(1)
      expect(talk.remote.history(id).at(-1)).toContain('Once upon a time there was a parcel.')
    })

    it.runIf(has.threads)('answers in the thread that it was asked in', async () => {
      await talk.start()
      await talk.remote.write('Are you open?', { thread: await talk.remote.write('Where is it?') })
      await talk.sees('Friday')
      const { thread } = await talk.sees('until nine')
      expect(thread).toBeDefined()
    })

    delivery(talk, module)
    handoff(talk, module)
    crash(talk, module)
  })
}
