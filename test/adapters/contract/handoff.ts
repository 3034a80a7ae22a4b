import { describe, expect, it, vi } from 'vitest'
import type { RemoteModule } from './remote.js'
import { Room } from './room.js'
import { PATIENCE, type Talk } from './talk.js'

const PICTURE = { name: 'label.png', type: 'image/png', bytes: new TextEncoder().encode('a label') }

/** Handing over to people: with the customer on this channel, and with the people on it. */
export function handoff(talk: Talk, { has, channel }: RemoteModule): void {
  it('is where a customer meets the people who take over', async () => {
    const room = new Room()
    await talk.start({ desk: { channel: 'desk', room: 'support' } }, [room])
    await talk.remote.write('Where is it?')
    await talk.sees('Friday')
    await talk.remote.write('human')
    await vi.waitFor(() => expect(room.threads).toHaveLength(1), PATIENCE)
    await talk.remote.write('My cat ate it.', { files: [PICTURE] })
    await vi.waitFor(() => expect(JSON.stringify(room.shown)).toMatch(/My cat ate it\..*label\.png/s), PATIENCE)

    const url = `data:text/plain;base64,${Buffer.from('a form').toString('base64')}`
    await room.write('desk:thread1', 'Poor cat.', {
      name: 'Mia',
      attachments: [{ name: 'form.txt', type: 'text/plain', url }],
    })
    const { text, by } = await talk.sees('Poor cat.')
    expect(`${by} ${text}`).toContain('Mia')
    await vi.waitFor(async () => {
      const files = (await talk.remote.seen()).flatMap((one) => one.files)
      expect(files).toEqual([{ name: 'form.txt', bytes: 6 }])
    }, PATIENCE)
    await room.write('desk:thread1', '/done', { name: 'Mia' })
    await talk.sees('I am back')
  })

  describe.runIf(has.room)('as the room of a desk', () => {
    it('shows a conversation in a thread, and takes back what people write there', async () => {
      const other = new Room()
      await talk.start({ desk: { channel, room: talk.remote.room ?? null } }, [other])
      await other.write('desk:anna', 'where is it?')
      await other.write('desk:anna', 'human')
      const { thread, text } = await talk.sees('asked for a person', 'room')
      expect(text).toContain('where is it?')
      await talk.remote.write('A parcel, you say?', { where: 'room', thread, name: 'Mia', files: [PICTURE] })
      await vi.waitFor(() => {
        const said = other.shown.find(({ parts }) => JSON.stringify(parts).includes('A parcel, you say?'))
        expect(said).toMatchObject({
          address: 'desk:anna',
          parts: [{ type: 'text' }, { type: 'image', alt: 'label.png' }],
        })
      }, PATIENCE)
      await other.write('desk:anna', 'Yes, with shoes.')
      expect((await talk.sees('with shoes', 'room')).thread).toBe(thread)
      await talk.remote.write('/done', { where: 'room', thread })
      await vi.waitFor(() => expect(JSON.stringify(other.shown)).toContain('I am back'), PATIENCE)
      expect((await talk.sees('has this conversation again', 'room')).thread).toBe(thread)
    })

    it('leaves alone what people say in the room outside its threads', async () => {
      await talk.start()
      await talk.remote.write('Lunch? Are you open?', { where: 'room' })
      expect(await talk.count('until nine')).toBe(0)
      expect(await talk.remote.seen('room')).toEqual([])
    })
  })
}
