import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alex } from '../../examples/bank/accounts.js'
import type { Bank } from '../../examples/bank/bank.js'
import { DATE, readDate } from '../../examples/bank/format.js'
import { bank } from './talk.js'

const CHANGES: ((bank: Bank, key: string) => Promise<unknown>)[] = [
  (one, key) => one.freeze('anna', 'card-1', key),
  (one, key) => one.replaceCard('anna', { card: 'card-1', address: null }, key),
  (one, key) => one.dispute('anna', { payment: '204518', reason: 'twice' }, key),
  (one, key) => one.refund('anna', { payment: '204518', reason: 'faulty' }, key),
  (one, key) => one.exchange('anna', { from: 'GBP', to: 'EUR', amount: 1000, rate: 1.15, fee: 0, receives: 1150 }, key),
  (one, key) => one.retryTopUp('anna', '551204', key),
  (one, key) => one.cancelTransfer('anna', '770142', key),
  (one, key) => one.resetPin('anna', 'card-2', key),
  (one, key) => one.checkIdentity('anna', { document: 'passport', born: '1990-04-12' }, key),
]

/** All that can be seen of an account. */
const seen = (one: Bank) =>
  Promise.all([
    one.cards('anna'),
    one.delivery('anna'),
    one.transfers('anna'),
    one.topUp('anna', '552204'),
    one.quote('anna', { amount: 1, from: 'EUR', to: 'GBP' }),
    one.quote('anna', { amount: 900, from: 'GBP', to: 'EUR' }),
  ])

test('a change that is repeated with its key changes nothing and gives the first result', async () => {
  const index = fc.nat(CHANGES.length - 1)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(index, fc.nat(3)), { maxLength: 20 }), async (calls) => {
      const service = bank()
      const first = new Map<string, unknown>()
      for (const [n, key] of calls) {
        const name = `${n}.${key}`
        const before = await seen(service)
        const result = await CHANGES[n]?.(service, name)
        if (first.has(name)) {
          expect(result).toEqual(first.get(name))
          expect(await seen(service)).toEqual(before)
        }
        first.set(name, result)
      }
    }),
    { numRuns: 50 },
  )
})

test('an exchange neither makes nor loses money, and no balance falls under zero', async () => {
  const currency = fc.constantFrom('GBP' as const, 'EUR' as const, 'USD' as const)
  const step = fc.record({ from: currency, to: currency, amount: fc.integer({ min: 1, max: 2000 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const service = bank()
      const balances = new Map<string, number>(Object.entries(alex.balances))
      for (const [n, wanted] of steps.entries()) {
        const quote = await service.quote('anna', wanted)
        if ('refused' in quote) continue
        const done = await service.exchange('anna', quote, `k${n}`)
        if ('refused' in done) throw new Error(done.refused)
        const { from, to, amount, fee, receives } = quote
        expect(receives).toBeCloseTo(amount * quote.rate, 1)
        balances.set(from, (balances.get(from) ?? 0) - amount - fee)
        balances.set(to, (balances.get(to) ?? 0) + receives)
        expect(done.balance).toBeCloseTo(balances.get(to) ?? 0, 2)
        expect(balances.get(from)).toBeGreaterThan(-0.01)
      }
    }),
    { numRuns: 50 },
  )
})

test('every person has an account of their own', async () => {
  const service = bank()
  await service.freeze('anna', 'card-1', 'k')
  expect((await service.cards('anna'))[0]?.frozen).toBe(true)
  expect((await service.cards('ben'))[0]?.frozen).toBe(false)
})

test('a date is read in each of the ways in which people write it, and a day that does not exist is none', () => {
  const month = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' })
  const dates = fc.date({ min: new Date('1900-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(dates, (date) => {
      const [d, m, y] = [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCFullYear()]
      for (const written of [`${d}/${m}/${y}`, `${d}.${m}.${y}`, `${d}th ${month.format(date)} ${y}`]) {
        expect(DATE.exec(`on ${written}, I think`)?.[0]).toBe(written)
        expect(readDate(written)).toBe(date.toISOString().slice(0, 10))
      }
    }),
  )
  for (const none of ['31/02/1990', '0/1/1990', '12/13/1990', '31 June 1990']) expect(readDate(none)).toBeUndefined()
})
