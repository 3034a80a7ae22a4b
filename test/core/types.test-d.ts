import { type DialogContext, dialog, dialogsOf, type FileValue, type Json, type Money, slot } from '@colloquy/core'
import { date } from '@colloquy/core/slot/date'
import { phone } from '@colloquy/core/slot/phone'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'

/*
 * Claims that the compiler checks (`npm run check`). Nothing here runs: a line that must not compile is announced by
 * `@ts-expect-error`, which is an error itself where the line does compile.
 */

interface Order {
  total: number
  lines: { name: string; note?: string }[]
}
declare const shop: {
  order(id: string): Promise<Order | undefined>
  orders(person: string): Promise<Order[]>
  refund(id: string, options: { key: string }): Promise<{ reference: string } | { refused: string }>
  opened(): Date
}
class Basket {
  items: string[] = []
  add(item: string) {
    this.items.push(item)
  }
}

dialog({
  name: 'what d.ask gives is the type of the slot',
  slots: {
    text: slot.text({ ask: '' }),
    pattern: slot.pattern(/x/, { ask: '' }),
    email: slot.email({ ask: '', pii: true }),
    number: slot.number({ ask: '', min: 1 }),
    money: slot.money({ ask: '', currency: 'GBP' }),
    choice: slot.choice(['damaged', { value: 'late', label: 'Too late' }], { ask: '' }),
    yesNo: slot.yesNo({ ask: '' }),
    file: slot.attachment({ ask: '' }),
    day: date({ ask: '' }),
    phone: phone({ ask: '', remember: true }),
    schema: slot.schema(z.object({ size: z.enum(['S', 'L']) }), { ask: '' }),
  },
  async run(d) {
    expectTypeOf(await d.ask('text')).toEqualTypeOf<string>()
    expectTypeOf(await d.ask('pattern')).toEqualTypeOf<string>()
    expectTypeOf(await d.ask('email')).toEqualTypeOf<string>()
    expectTypeOf(await d.ask('number')).toEqualTypeOf<number>()
    expectTypeOf(await d.ask('money')).toEqualTypeOf<Money>()
    expectTypeOf(await d.ask('choice')).toEqualTypeOf<'damaged' | 'late'>()
    expectTypeOf(await d.ask('yesNo')).toEqualTypeOf<boolean>()
    expectTypeOf(await d.ask('file')).toEqualTypeOf<FileValue>()
    expectTypeOf(await d.ask('day')).toEqualTypeOf<string>()
    expectTypeOf(await d.ask('phone')).toEqualTypeOf<string>()
    expectTypeOf(await d.ask('schema')).toEqualTypeOf<{ size: 'S' | 'L' }>()
    // @ts-expect-error there is no such slot
    await d.ask('colour')
    // @ts-expect-error there is no such slot
    await d.askAgain('colour', 'Which one?')
  },
})

dialog({
  name: 'what may be skipped may be null',
  slots: {
    text: slot.text({ ask: '', optional: true }),
    number: slot.number({ ask: '', optional: true }),
    choice: slot.choice(['a', 'b'], { ask: '', optional: true }),
    schema: slot.schema(z.number(), { ask: '', optional: true }),
    day: date({ ask: '', optional: true }),
    perhaps: slot.text({ ask: '', optional: Math.random() > 0.5 }),
    needed: slot.text({ ask: '', optional: false }),
  },
  async run(d) {
    expectTypeOf(await d.ask('text')).toEqualTypeOf<string | null>()
    expectTypeOf(await d.ask('number')).toEqualTypeOf<number | null>()
    expectTypeOf(await d.ask('choice')).toEqualTypeOf<'a' | 'b' | null>()
    expectTypeOf(await d.ask('schema')).toEqualTypeOf<number | null>()
    expectTypeOf(await d.ask('day')).toEqualTypeOf<string | null>()
    expectTypeOf(await d.ask('perhaps')).toEqualTypeOf<string | null>()
    expectTypeOf(await d.ask('needed')).toEqualTypeOf<string>()
  },
})

dialog({
  name: 'a form has slots of its dialog',
  slots: { order: slot.number({ ask: '' }), email: slot.email({ ask: '' }) },
  form: ['order', 'email'],
  run: () => {},
})
dialog({
  name: 'a form has no other ones',
  slots: { order: slot.number({ ask: '' }) },
  // @ts-expect-error there is no such slot
  form: ['order', 'colour'],
  run: () => {},
})

dialog({
  name: 'a dialog without slots has nothing to ask',
  async run(d) {
    // @ts-expect-error no slots are declared
    await d.ask('order')
  },
})

dialog({
  name: 'a choice is one of what was offered',
  async run(d) {
    const where = await d.choose('where', 'Where to?', [
      { label: 'Home', value: 'home' },
      { label: 'Shop', value: 'shop' },
    ])
    expectTypeOf(where).toEqualTypeOf<'home' | 'shop'>()
    // @ts-expect-error it was not offered
    if (where === 'office') d.say('Never.')
    const orders = (await shop.orders(d.person)).map(({ total }) => ({ label: `£${total}`, value: String(total) }))
    expectTypeOf(await d.choose('order', 'Which?', orders)).toEqualTypeOf<string>()
    expectTypeOf(await d.confirm('sure', 'Sure?')).toEqualTypeOf<boolean>()
  },
})

dialog({
  name: 'a step gives what its work gives',
  async run(d) {
    expectTypeOf(await d.step('order', { id: 'x' }, ({ id }) => shop.order(id))).toEqualTypeOf<Order | undefined>()
    expectTypeOf(await d.step('orders', d.person, shop.orders)).toEqualTypeOf<Order[]>()
    expectTypeOf(await d.step('number', undefined, () => 3)).toEqualTypeOf<number>()
    expectTypeOf(await d.step('nothing', {}, async () => {})).toEqualTypeOf<void>()
    expectTypeOf(await d.step('json', {}, (): Json => null)).toEqualTypeOf<Json>()
    expectTypeOf(await d.step('names', {}, () => ({}) as Record<string, string>)).toEqualTypeOf<
      Record<string, string>
    >()
    const found = await d.step('either', { id: 'x' }, async ({ id }) =>
      id ? shop.order(id) : { refused: 'no' as const },
    )
    expectTypeOf(found).toEqualTypeOf<Order | { refused: 'no' } | undefined>()
    const done = await d.commit('refund', { id: 'x' }, ({ id }, once) => shop.refund(id, { key: once.key }))
    expectTypeOf(done).toEqualTypeOf<{ reference: string } | { refused: string }>()
    // @ts-expect-error the work takes what was given
    await d.step('wrong', { id: 'x' }, (id: number) => id)
  },
})

dialog({
  name: 'what a store cannot keep is no result of a step, and no input',
  async run(d) {
    // @ts-expect-error a date would come back as a text
    await d.step('date', {}, () => new Date())
    // @ts-expect-error also from a function of someone else's
    await d.step('opened', {}, shop.opened)
    // @ts-expect-error also inside
    await d.step('inside', {}, async () => [{ at: new Date() }])
    // @ts-expect-error a function is no data
    await d.step('function', {}, () => () => 1)
    // @ts-expect-error an instance would come back without its methods
    await d.step('instance', {}, () => new Basket())
    // @ts-expect-error a map would come back empty
    await d.step('map', {}, () => new Map([['a', 1]]))
    // @ts-expect-error JSON has no bigint
    await d.step('bigint', {}, async () => 1n)
    // @ts-expect-error it may be anything
    await d.step('unknown', {}, async (): Promise<unknown> => 1)
    // @ts-expect-error the same holds for commits
    await d.commit('commit', {}, async () => new Date())
    // @ts-expect-error and for inputs
    await d.step('input', { since: new Date() }, () => 1)
    // @ts-expect-error
    await d.commit('basket', new Basket(), () => 1)
  },
})

const typed = dialogsOf<'refund' | 'track'>()

typed.dialog({
  name: 'intents',
  start: ['refund', 'track'],
  title: (intent) => {
    expectTypeOf(intent).toEqualTypeOf<'refund' | 'track'>()
    return intent
  },
  slots: { order: slot.number({ ask: '' }) },
  async run(d) {
    expectTypeOf(d.intent).toEqualTypeOf<'refund' | 'track' | undefined>()
    expectTypeOf(await d.ask('order')).toEqualTypeOf<number>()
    if (d.intent === 'track') await d.open('refund')
    // @ts-expect-error the model knows no such intent
    await d.open('refnud')
  },
})
// @ts-expect-error the model knows no such intent
typed.dialog({ name: 'misspelt', start: 'refnud', run: () => {} })
// @ts-expect-error also among others
typed.dialog({ name: 'misspelt', start: ['track', 'refnud'], run: () => {} })
typed.answers({ track: 'It is on its way.' })
// @ts-expect-error the model knows no such intent
typed.answers({ trakc: 'It is on its way.' })
dialog({ name: 'without a type any intent may be named', start: 'anything', run: (d) => d.open('anything else') })

/** Helpers that several dialogs share take the context of any of them that has the slots they ask for. */
async function help(d: DialogContext): Promise<void> {
  d.say(d.texts.help)
}
dialog({ name: 'a helper', slots: { order: slot.number({ ask: '' }) }, run: (d) => help(d) })
typed.dialog({ name: 'a helper', start: 'track', slots: { order: slot.number({ ask: '' }) }, run: (d) => help(d) })
