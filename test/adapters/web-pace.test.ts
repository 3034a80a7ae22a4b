import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Pace } from '../../packages/adapters/src/web/page/pace.js'

describe('the pace of a page', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('lets 15 messages go at once and the rest in order, never more than 15 in any 10 seconds', async () => {
    const pace = new Pace()
    const went: [number, number][] = []
    const start = Date.now()
    for (let i = 0; i < 40; i++) void pace.turn().then(() => went.push([i, Date.now() - start]))
    await vi.advanceTimersByTimeAsync(0)
    expect(went).toHaveLength(15)
    await vi.advanceTimersByTimeAsync(9_999)
    expect(went).toHaveLength(15)
    await vi.advanceTimersByTimeAsync(1)
    expect(went).toHaveLength(30)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(went.map(([i]) => i)).toEqual(Array.from({ length: 40 }, (_, i) => i))
    for (const [i, at] of went.slice(15)) expect(at - (went[i - 15]?.[1] ?? 0)).toBeGreaterThanOrEqual(10_000)
  })
})
