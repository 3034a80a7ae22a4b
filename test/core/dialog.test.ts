import { type Bot, createBot, type Dialog, type DialogContext, dialog, memory, slot } from '@colloquy/core'
import { byPattern, chat } from '@colloquy/core/testing'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'

const intents = { start: /start/, track: /where/ }
const track = dialog({ name: 'track', title: 'Track', start: 'track', run: (d) => d.say('Friday.') })
const silent = pino({ level: 'silent' })

function botOf(...dialogs: Dialog[]): Bot {
  return createBot({
    dialogs: [...dialogs, track],
    classifier: byPattern(intents),
    store: memory(),
    channels: [],
    log: silent,
  })
}
const talk = (...dialogs: Dialog[]) => chat(botOf(...dialogs), { intents })

const slots = {
  city: slot.text({ ask: 'Which city?' }),
  email: slot.text({ ask: 'Which email?' }),
  count: slot.number({ ask: 'How many?' }),
}
type D = DialogContext<typeof slots>
const main = (run: (d: D) => unknown) => dialog({ name: 'main', title: 'Main', start: 'start', slots, run })

describe('a dialog', () => {
  it('keeps every answer in its slot when a deploy swaps two questions of one kind', async () => {
    const t = talk(main(async (d) => d.say(`${await d.ask('city')} ${await d.ask('email')}`)))
    await t.user('start').bot('Which city?')
    t.deploy(
      botOf(
        main(async (d) => {
          const email = await d.ask('email')
          d.say(`city ${await d.ask('city')}, email ${email}`)
        }),
      ),
    )
    await t.user('Basel').bot('Which email?')
    await t.user('a@b.co').bot('city Basel, email a@b.co')
  })

  it('runs a step that a deploy inserts before a finished one, and does not repeat the finished one', async () => {
    const ran: string[] = []
    const step = (name: string) => (d: D) => d.step(name, {}, () => void ran.push(name))
    const t = talk(
      main(async (d) => {
        await step('old')(d)
        d.say(await d.ask('city'))
      }),
    )
    await t.user('start').bot('Which city?')
    t.deploy(
      botOf(
        main(async (d) => {
          await step('new')(d)
          await step('old')(d)
          d.say(await d.ask('city'))
        }),
      ),
    )
    await t.user('Basel').bot('Basel')
    expect(ran).toEqual(['old', 'new'])
  })

  it('goes on after an action that throws, is caught, and is followed by a question', async () => {
    let tries = 0
    const t = talk(
      main(async (d) => {
        const found = await d
          .step('find', {}, () => {
            tries++
            throw new Error('down')
          })
          .catch((error: Error) => error.message)
        d.say(`Our shop is ${found}.`)
        d.say(`Thanks, ${await d.ask('email')}.`)
      }),
    )
    await t.user('start').bot('Our shop is down.', 'Which email?')
    await t.user('a@b.co').bot('Thanks, a@b.co.')
    expect(tries).toBe(1)
  })

  it('runs again only what a correction feeds', async () => {
    const ran: string[] = []
    const run = async (d: D) => {
      const count = await d.ask('count')
      await d.step('fixed', {}, () => void ran.push('fixed'))
      const double = await d.step('double', { count }, (input) => {
        ran.push(`double ${input.count}`)
        return input.count * 2
      })
      d.say(`That makes ${double}.`)
      d.say(`Noted: ${await d.ask('city')}, ${double}.`)
    }
    const t = talk(main(run))
    await t.user('start 2').bot('That makes 4.', 'Which city?')
    await t.user('sorry, I meant 3').bot('Changed the count to 3.', 'That makes 6.', 'Which city?')
    await t.user('Basel').bot('Noted: Basel, 6.')
    expect(ran).toEqual(['fixed', 'double 2', 'double 3'])
  })

  it('closes to correction what a commit has used', async () => {
    const done: number[] = []
    const t = talk(
      main(async (d) => {
        const count = await d.ask('count')
        await d.commit('order', { count }, (input) => void done.push(input.count))
        d.say(`Ordered for ${await d.ask('city')}.`)
      }),
    )
    await t.user('start 2').bot('Which city?')
    await t
      .user('sorry, I meant 3')
      .bot('The count cannot be changed any more: it has been used already.', 'Which city?')
    await t.user('Basel').bot('Ordered for Basel.')
    expect(done).toEqual([2])
  })

  it('says nothing twice', async () => {
    const t = talk(
      main(async (d) => {
        d.say('Welcome.')
        const city = await d.ask('city')
        d.say('Welcome.')
        d.say(`${city}!`)
        d.say(`${await d.ask('email')}!`)
      }),
    )
    await t.user('start').bot('Welcome.', 'Which city?')
    await t.user('Basel').bot('Basel!', 'Which email?')
    await t.user('repeat').bot('Basel!', 'Which email?')
    await t.user('a@b.co').bot('a@b.co!')
  })

  it('asks a confirmation anew when what it is about has changed', async () => {
    const t = talk(
      main(async (d) => {
        const count = await d.ask('count')
        const sure = await d.confirm('sure', `Take ${count}?`)
        d.say(sure ? `Took ${count} to ${await d.ask('city')}.` : 'Left it.')
      }),
    )
    await t.user('start 2').bot('Take 2?', ['Yes', 'No'])
    await t.user('yes').bot('Which city?')
    await t.user('sorry, I meant 3').bot('Changed the count to 3.', 'Take 3?', ['Yes', 'No'])
    await t.press('No').bot('Left it.')
  })

  it('ends with a repair line when a deploy has removed it, and the one below goes on', async () => {
    const t = talk(main(async (d) => d.say(await d.ask('city'))))
    await t.user('start').bot('Which city?')
    t.deploy(botOf())
    await t.user('Basel').bot(/no longer help/, /did not understand/)
    await t.user('where is it').bot('Friday.')
  })

  it('asks again for a stored answer that no longer passes', async () => {
    const t = talk(main(async (d) => d.say(`${await d.ask('count')} to ${await d.ask('city')}`)))
    await t.user('start 7').bot('Which city?')
    const small = { ...slots, count: slot.number({ ask: 'How many, at most 5?', max: 5 }) }
    t.deploy(
      botOf(
        dialog({
          name: 'main',
          start: 'start',
          slots: small,
          run: async (d) => d.say(`${await d.ask('count')} to ${await d.ask('city')}`),
        }),
      ),
    )
    await t.user('Basel').bot('How many, at most 5?')
    await t.user('4').bot('4 to Basel')
  })

  it.each<[claim: string, run: (d: D) => unknown, code: string]>([
    ['asks inside Promise.all', (d) => Promise.all([d.ask('city'), d.ask('email')]), 'concurrent_ask'],
    [
      'asks while a step is at work',
      (d) => Promise.all([d.step('slow', {}, async () => 1), d.ask('city')]),
      'concurrent_ask',
    ],
    [
      'uses a name twice',
      async (d) => [await d.step('a', {}, () => 1), await d.step('a', {}, () => 2)],
      'duplicate_name',
    ],
    ['asks for a slot it has not declared', (d) => d.ask('nothing' as 'city'), 'bad_dialog'],
  ])('that %s is told so, and the customer is answered', async (_claim, run, code) => {
    const errors: unknown[] = []
    const bot = createBot({
      ...talkOptions,
      dialogs: [main(run)],
      log: pino({ level: 'error' }, { write: (line: string) => errors.push(JSON.parse(line)) }),
    })
    await chat(bot, { intents })
      .user('start')
      .bot(/something went wrong/)
    expect(errors).toMatchObject([{ err: { code } }])
  })

  it('gives the conversation to a person, is silent then, and comes back when called', async () => {
    const t = talk(main((d) => d.handoff('too hard')))
    await t.user('start').bot(/passing you on to a colleague/)
    await t.user('where is it').bot()
    await t.user('bot').bot('I am back. How can I help you?')
    await t.user('where is it').bot('Friday.')
  })

  it('calls a person after three failures in a row', async () => {
    const t = talk()
    await t.user('blub').bot(/did not understand/)
    await t.user('blub').bot(/Is it one of these/, ['Track', 'None of these'])
    await t.user('blub').bot(/passing you on/)
  })

  it('lets an optional question be skipped, and no other', async () => {
    const some = {
      code: slot.pattern(/\b\d{4}\b/, { ask: 'Which code?', optional: true }),
      n: slot.number({ ask: 'How many?' }),
    }
    const run = async (d: DialogContext<typeof some>) => d.say(`${await d.ask('code')} ${await d.ask('n')}`)
    const t = talk(dialog({ name: 'main', start: 'start', slots: some, run }))
    await t.user('start').bot('Which code?', ['Skip'])
    await t.user('skip it').bot('How many?')
    await t.user('skip').bot('Sorry, I cannot go on without that.', 'How many?')
    await t.user('3').bot('null 3')
  })
})

const talkOptions = { classifier: byPattern(intents), store: memory(), channels: [] }
