import { describe, expect, it } from 'vitest'
import { Batch } from '../../../packages/core/dist/store/batch.js'

/** A database that undoes what a transaction has done where it throws. */
function database() {
  const state = { rows: [] as string[], transactions: 0, broken: false }
  const batch = new Batch((work) => {
    const before = [...state.rows]
    try {
      work()
      if (state.broken) throw new Error('disk full')
      state.transactions++
    } catch (error) {
      state.rows = before
      throw error
    }
  })
  const write = (row: string) =>
    batch.add(() => {
      state.rows.push(row)
      if (row === 'bad') throw new Error('refused')
      return `${row} written`
    })
  return { state, batch, write }
}

describe('a batch', () => {
  it('does the writes of one moment in one transaction, in order, and tells each its result', async () => {
    const { state, write } = database()
    expect(await Promise.all(['a', 'b', 'c'].map(write))).toEqual(['a written', 'b written', 'c written'])
    expect(state).toMatchObject({ rows: ['a', 'b', 'c'], transactions: 1 })
    await write('d')
    expect(state).toMatchObject({ rows: ['a', 'b', 'c', 'd'], transactions: 2 })
  })

  it('leaves out a write that throws, and does the others once', async () => {
    const { state, write } = database()
    const told = await Promise.allSettled(['a', 'bad', 'b', 'bad', 'c'].map(write))
    expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(state).toMatchObject({ rows: ['a', 'b', 'c'], transactions: 1 })
  })

  it('tells everyone where the transaction cannot be committed, and goes on after that', async () => {
    const { state, write } = database()
    state.broken = true
    const told = await Promise.allSettled(['a', 'b'].map(write))
    expect(told.map((one) => one.status === 'rejected' && one.reason.message)).toEqual(['disk full', 'disk full'])
    expect(state.rows).toEqual([])
    state.broken = false
    await write('c')
    expect(state.rows).toEqual(['c'])
  })

  it('does at once what waits, where the store is about to close', async () => {
    const { state, batch, write } = database()
    const written = write('a')
    batch.flush()
    expect(state.rows).toEqual(['a'])
    expect(await written).toBe('a written')
  })
})
