import { createBot, dialog, memory, slot } from '@colloquy/core'
import { byPattern, chat } from '@colloquy/core/testing'
import { describe, it } from 'vitest'

const shoes = dialog({
  name: 'shoes',
  start: 'shoes',
  run: (d) => d.say([{ type: 'card', title: 'Red', choices: [{ label: 'Buy red', value: 'red' }] }]),
})
const buy = dialog({
  name: 'buy',
  start: 'buy',
  slots: { pairs: slot.number({ ask: 'How many pairs?' }) },
  async run(d) {
    const pairs = await d.ask('pairs')
    if (!(await d.confirm('sure', `Buy ${pairs}?`))) return d.stop('Nothing was bought.')
    d.say(`You bought ${pairs}.`)
  },
})
const intents = { shoes: /shoes/, buy: /^buy/i }

function talk() {
  return chat(createBot({ dialogs: [shoes, buy], classifier: byPattern(intents), store: memory(), channels: [] }), {
    intents,
  })
}

describe('a number where choices stand', () => {
  it('is the choice in that place, also for yes and no', async () => {
    const t = talk()
    await t.user('which shoes?')
    await t.user('1').bot('How many pairs?')
    await t.user('3').bot('Buy 3?', ['Yes', 'No'])
    await t.user('(2)').bot('Nothing was bought.')
  })

  it('is an answer like any other where the question has none', async () => {
    const t = talk()
    await t.user('which shoes?')
    await t.user('buy some').bot('How many pairs?')
    await t.user('1').bot('Buy 1?', ['Yes', 'No'])
    await t.user('1.').bot('You bought 1.')
  })
})
