import { expect, it, vi } from 'vitest'
import type { RemoteModule } from './remote.js'
import { PATIENCE, type Talk } from './talk.js'

/** What must hold when services deliver twice, stop, fail or are lied to. */
export function delivery(talk: Talk, { has }: RemoteModule): void {
  it('handles a message once that is delivered three times', async () => {
    await talk.start()
    const id = await talk.remote.write('Are you open?')
    await Promise.all([talk.remote.again(id), talk.remote.again(id)])
    await talk.sees('until nine')
    expect(await talk.count('until nine')).toBe(1)
  })

  it('knows a message that it had before a restart', async () => {
    const bot = await talk.start()
    const id = await talk.remote.write('Are you open?')
    await talk.sees('until nine')
    await bot.stop()
    await talk.start()
    await talk.remote.again(id)
    expect(await talk.count('until nine')).toBe(1)
  })

  it.runIf(has.bots)('hears neither itself nor other bots', async () => {
    await talk.start()
    await talk.remote.write('Are you open?', { bot: 'own' })
    await talk.remote.write('Are you open?', { bot: 'other' })
    expect(await talk.count('until nine')).toBe(0)
  })

  it('acknowledges a slow turn long before it ends', async () => {
    await talk.start()
    talk.hold()
    // Resolves with the acknowledgement: the turn cannot end before it is let go.
    await talk.remote.write('Be slow.')
    expect((await talk.remote.seen()).some(({ text }) => text.includes('That took a while.'))).toBe(false)
    talk.release()
    await talk.sees('That took a while.')
  })

  it('writes of its own accord after a restart', async () => {
    const bot = await talk.start()
    await talk.remote.write('Are you open?')
    await talk.sees('until nine')
    await bot.stop()
    const next = await talk.start()
    await next.say(talk.received[0]?.conversation ?? '', 'Your parcel is here.')
    await talk.sees('Your parcel is here.')
  })

  it('goes on in the middle of a dialog after a restart', async () => {
    const bot = await talk.start()
    await talk.remote.write('A refund for order 123456, please.')
    await talk.sees('What went wrong?')
    await bot.stop()
    await talk.start()
    await talk.remote.press('late')
    await talk.sees('Refund order 123456?')
  })

  it.runIf(has.limits)('waits where the service limits it, and says each thing once', async () => {
    await talk.start()
    talk.remote.refuse('limit', 2)
    await talk.remote.write('Are you open?')
    await talk.sees('until nine')
    expect(await talk.count('until nine')).toBe(1)
  })

  it('loses and doubles nothing while the service is broken', async () => {
    await talk.start()
    await talk.remote.write('A refund for order 123456, please.')
    await talk.sees('What went wrong?')
    talk.remote.refuse('broken', 3)
    await talk.remote.write('late')
    await talk.sees('Refund order 123456?')
    await talk.remote.write('yes')
    await talk.sees('is refunded')
    expect(await talk.count('Refund order 123456?')).toBe(1)
  })

  it.runIf(has.signed)('refuses what is forged, and writes no secret into its log', async () => {
    await talk.start()
    expect(await talk.remote.forge('signature')).toBeOneOf([401, 403, 'closed'])
    expect(talk.received).toEqual([])
    expect(await talk.count('until nine')).toBe(0)
  })

  it('survives what is malformed', async () => {
    await talk.start()
    expect(await talk.remote.forge('malformed')).not.toBe(500)
    await vi.waitFor(async () => expect(await talk.count('until nine')).toBe(0), PATIENCE)
  })
}
