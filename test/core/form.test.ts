import { createBot, dialog, memory, slot } from '@colloquy/core'
import { byPattern, chat } from '@colloquy/core/testing'
import { expect, it } from 'vitest'

const intents = { refund: /refund/, track: /where/ }
const refund = dialog({
  name: 'refund',
  title: 'Refund an order',
  start: 'refund',
  form: ['order', 'email', 'reason'],
  slots: {
    order: slot.pattern(/\b\d{6}\b/, { ask: 'What is your order number?', label: 'order number' }),
    email: slot.email({ ask: 'Which email?', label: 'email', invalid: 'That is no address.', pii: true }),
    reason: slot.choice(['damaged', { value: 'late', label: 'It came late' }], {
      ask: 'What went wrong?',
      label: 'reason',
    }),
    story: slot.text({ ask: 'What happened?' }),
  },
  async run(d) {
    const [order, email, reason] = [await d.ask('order'), await d.ask('email'), await d.ask('reason')]
    await d.ask('story')
    await d.commit('refund', { order, email, reason }, () => 'R1')
    d.say(`Refunded ${order} (${reason}), and told ${email}.`)
  },
})
const track = dialog({ name: 'track', start: 'track', run: (d) => d.say('Friday.') })

const bot = createBot({ dialogs: [refund, track], classifier: byPattern(intents), store: memory(), channels: [] })
const talk = () => chat(bot, { intents, shows: ['form'] })

it('a form of the open slots stands beside the question for one of them, and fills them all at once', async () => {
  const t = talk()
  await t.user('refund').bot('What is your order number?', ['Order number', 'Email', 'Reason'])
  await t.submit({ order: '123456', email: 'anna@example.com', reason: 'late' }).bot('What happened?')
  await t.user('nothing').bot('Refunded 123456 (late), and told anna@example.com.')
})

it('a form holds only what is open, and none is shown for the last question', async () => {
  const t = talk()
  await t.user('refund 123456').bot('Which email?', ['Email', 'Reason'])
  await t.user('anna@example.com').bot('What went wrong?', ['damaged', 'It came late'])
})

it('a form leaves out what is remembered from earlier, and does not forget it', async () => {
  const order = dialog({
    name: 'order',
    start: 'refund',
    form: true,
    slots: {
      size: slot.choice(['S', 'L'], { ask: 'Which size?' }),
      colour: slot.text({ ask: 'Which colour?' }),
      note: slot.text({ ask: 'Any wishes?', optional: true, remember: true }),
    },
    run: async (d) => d.say(`${await d.ask('size')} ${await d.ask('colour')} ${await d.ask('note')}`),
  })
  const shop = createBot({ dialogs: [order], classifier: byPattern(intents), store: memory(), channels: [] })
  const t = chat(shop, { intents, shows: ['form'] })
  await t.user('refund').bot('Which size?', ['S', 'L'], ['Which size?', 'Which colour?', 'Any wishes?'])
  await t.submit({ size: 'S', colour: 'red', note: 'quick' }).bot('S red quick')
  await t.user('refund').bot('Which size?', ['S', 'L'], ['Which size?', 'Which colour?'])
  await t.submit({ size: 'L', colour: 'blue' }).bot('L blue quick')
})

it('a field that does not fit is asked for again, and the others are kept', async () => {
  const t = talk()
  await t.user('refund').bot('What is your order number?', ['Order number', 'Email', 'Reason'])
  await t.submit({ order: 'no 123456!', email: 'nobody', reason: 'damaged' }).bot('That is no address.', 'Which email?')
  await t.user('anna@example.com').bot('What happened?')
})

it('a channel without forms leaves it out, and a form can be filled in after a digression or in words', async () => {
  const t = chat(bot, { intents })
  await t.user('refund').bot('What is your order number?')
  await t.user('where is it').bot('Friday.', 'Back to "Refund an order".', 'What is your order number?')
  await t.user('123456').bot('Which email?')
  await t.submit({ order: '123456', email: 'anna@example.com', reason: 'late' }).bot('What happened?')
})

it('a form that comes when its dialog is over changes nothing', async () => {
  const t = talk()
  await t.user('refund').bot('What is your order number?', ['Order number', 'Email', 'Reason'])
  await t.user('cancel').bot(/cancelled/)
  await t.submit({ order: '123456' }).bot(/can no longer help with what we were talking about/)
})

it('the log has what was typed in, and personal values neither whole nor misspelt', async () => {
  const t = talk()
  await t.user('refund')
  await t.submit({ order: '123456', email: 'anna at example.com', reason: 'late' })
  await t.submit({ email: 'Anna@example.com' })
  const log = await t.log()
  expect(JSON.stringify(log)).not.toMatch(/anna(@| at)/i)
  expect(log.filter((one) => one.type === 'customer').slice(1)).toMatchObject([
    {
      text: 'order: 123456\nemail: [email]\nreason: late',
      fields: { order: '123456', email: '[email]' },
      decision: 'submit',
    },
    { text: 'email: [email]', fields: { email: '[email]' }, decision: 'submit' },
  ])
})
