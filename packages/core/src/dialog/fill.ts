import type { Json } from '../message.js'
import type { Slots } from './dialog.js'
import { contains } from './words.js'

interface Claim {
  slot: string
  value: Json
  start: number
  end: number
  cued: boolean
  label: string
  /** A bare number is the least telling thing a slot can claim. */
  telling: boolean
}

/**
 * The slots that a text fills: a value goes to the one slot it fits. Where several claim the same words, the one whose cue
 * stands before them wins, then the one that is named, then the more telling kind, then the one being asked; a tie, or two
 * values for one slot, fills nothing.
 */
export function findSlots(text: string, slots: Slots, asked?: string): Record<string, Json> {
  const claims = Object.entries(slots).flatMap(([name, slot]) =>
    slot.find(text).map(
      ({ value, start, end }): Claim => ({
        slot: name,
        value,
        start,
        end,
        cued: slot.cue?.test(text.slice(0, start)) ?? false,
        label: slot.label ?? name,
        telling: slot.kind !== 'number',
      }),
    ),
  )
  if (claims.length === 0) return {}
  const won = claims.filter((claim) =>
    claims.every((rival) => rival.slot === claim.slot || !overlap(claim, rival) || beats(claim, rival, text, asked)),
  )
  const filled: Record<string, Json> = {}
  for (const name of new Set(won.map((claim) => claim.slot))) {
    const mine = won.filter((claim) => claim.slot === name)
    const cued = mine.filter((claim) => claim.cued)
    const values = new Map((cued.length > 0 ? cued : mine).map(({ value }) => [JSON.stringify(value), value]))
    const [value] = values.values()
    if (values.size === 1 && value !== undefined) filled[name] = value
  }
  return filled
}

/** Has patterns compiled, which V8 does at their first use, for each width of characters, and which may take 100 ms. */
export function warmUp(slots: Slots): void {
  for (const text of ['a', '一']) {
    for (const slot of Object.values(slots)) {
      try {
        slot.find(text)
      } catch {
        // A slot that fails ends its dialog when somebody is there to be told.
      }
    }
  }
}

function beats(claim: Claim, rival: Claim, text: string, asked: string | undefined): boolean {
  if (claim.cued !== rival.cued) return claim.cued
  const named = contains(text, claim.label)
  if (named !== contains(text, rival.label)) return named
  if (claim.telling !== rival.telling) return claim.telling
  return claim.slot === asked
}

function overlap(a: Claim, b: Claim): boolean {
  return a.start < b.end && b.start < a.end
}
