import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Line, Transcript } from '../../packages/adapters/src/web/page/transcript.js'
import type { Answer, BotEntry, CustomerEntry, Entry } from '../../packages/adapters/src/web/protocol.js'

const bot = (id: string): BotEntry => ({ from: 'bot', id, parts: [{ type: 'text', text: id }], at: 1 })
const customer = (id: string): CustomerEntry => ({ from: 'customer', id, text: id, at: 1 })
const refused: Answer = { ok: false, error: 'No.', retry: false }
const failed: Answer = { ok: false, error: 'Later.', retry: true }

function ids(transcript: Transcript): string[] {
  return transcript.lines.map(({ id }) => id)
}

function deliveries(transcript: Transcript) {
  return transcript.lines.map((line: Line) => (line.from === 'customer' ? line.delivery : 'bot'))
}

describe('the transcript', () => {
  it('shows a message as sending, then as sent', () => {
    const transcript = new Transcript()
    transcript.submit({ id: 'c1', text: 'hello' }, 1)
    expect(transcript.unsent()).toEqual([{ id: 'c1', text: 'hello' }])
    transcript.settle('c1', { ok: true })
    expect(deliveries(transcript)).toEqual(['sent'])
    expect(transcript.unsent()).toEqual([])
  })

  it('sends a refused message never again, and a failed one when asked', () => {
    const transcript = new Transcript()
    transcript.submit({ id: 'c1', text: 'a' }, 1)
    transcript.submit({ id: 'c2', text: 'b', choice: 'v' }, 1)
    transcript.settle('c1', refused)
    transcript.settle('c2', failed)
    expect(deliveries(transcript)).toEqual(['refused', 'failed'])
    expect(transcript.unsent()).toEqual([])
    transcript.retry('c1')
    transcript.retry('c2')
    expect(transcript.unsent()).toEqual([{ id: 'c2', text: 'b', choice: 'v' }])
  })

  it('believes the history over a lost acknowledgement', () => {
    const transcript = new Transcript()
    transcript.submit({ id: 'c1', text: 'a' }, 1)
    transcript.settle('c1', failed)
    transcript.merge([customer('c1'), bot('b1')])
    expect(deliveries(transcript)).toEqual(['sent', 'bot'])
    transcript.settle('c1', failed)
    expect(deliveries(transcript)).toEqual(['sent', 'bot'])
  })

  it('puts what was missed before what is still to be sent', () => {
    const transcript = new Transcript()
    transcript.merge([customer('c1')])
    transcript.submit({ id: 'c2', text: 'b' }, 1)
    transcript.merge([customer('c1'), bot('b1')])
    expect(ids(transcript)).toEqual(['c1', 'b1', 'c2'])
  })

  it('keeps what the server no longer tells', () => {
    const transcript = new Transcript()
    transcript.merge([customer('c1'), bot('b1'), customer('c2')])
    transcript.merge([customer('c2'), bot('b2')])
    expect(ids(transcript)).toEqual(['c1', 'b1', 'c2', 'b2'])
    transcript.merge([customer('c9')])
    expect(ids(transcript)).toEqual(['c1', 'b1', 'c2', 'b2', 'c9'])
  })

  it('shows each message once and in the order of the server, whatever is lost or comes twice', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('submit' as const) }),
      fc.record({ kind: fc.constant('deliver' as const), acknowledge: fc.boolean(), answer: fc.boolean() }),
      fc.record({ kind: fc.constant('bot' as const), arrives: fc.boolean() }),
      fc.record({ kind: fc.constant('reconnect' as const), limit: fc.integer({ min: 1, max: 50 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const transcript = new Transcript()
        const server: Entry[] = []
        let n = 0
        const say = (arrives: boolean) => {
          const entry = bot(`b${n++}`)
          server.push(entry)
          if (arrives) transcript.add(entry)
        }
        // A lost event means a lost connection: until the next history, nothing arrives.
        let online = true
        const deliver = (acknowledged: boolean) => {
          for (const { id } of transcript.unsent()) {
            if (!server.some((entry) => entry.id === id)) server.push(customer(id))
            if (acknowledged) transcript.settle(id, { ok: true })
          }
        }
        const reconnect = (limit: number) => {
          online = true
          transcript.merge(server.slice(-limit))
          deliver(true)
        }
        for (const step of steps) {
          if (step.kind === 'submit') {
            transcript.submit({ id: `c${n++}`, text: 'x' }, 1)
            if (online) deliver(true)
          } else if (step.kind === 'deliver') {
            deliver(online && step.acknowledge)
            online &&= step.acknowledge
            if (step.answer) say(online)
          } else if (step.kind === 'bot') {
            online &&= step.arrives
            say(online)
          } else reconnect(step.limit)
        }
        reconnect(server.length)
        expect(ids(transcript)).toEqual(server.map(({ id }) => id))
        expect(transcript.unsent()).toEqual([])
      }),
    )
  })
})
