import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deadline } from '../../packages/core/src/deadline.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('does something about each work that goes on for too long, and nothing about what has ended', () => {
  const deadline = new Deadline(100)
  const late: string[] = []
  const watch = (name: string) => deadline.start(() => late.push(name))
  watch('first')
  vi.advanceTimersByTime(30)
  const ended = watch('ended')
  watch('second')
  vi.advanceTimersByTime(69)
  expect(late).toEqual([])
  ended()
  vi.advanceTimersByTime(1)
  expect(late).toEqual(['first'])
  vi.advanceTimersByTime(29)
  expect(late).toEqual(['first'])
  vi.advanceTimersByTime(1)
  expect(late).toEqual(['first', 'second'])
})

it('takes one timer for whatever is under way', () => {
  const deadline = new Deadline(100)
  for (let n = 0; n < 1000; n++) deadline.start(() => {})
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(100)
  expect(vi.getTimerCount()).toBe(0)
})
