import { hash as digest } from 'node:crypto'
import type { Json } from '../message.js'

/** Twelve characters that stand for a JSON value, whatever the order of its keys. */
export function hash(value: Json | undefined): string {
  return digest('sha256', canonical(value), 'base64url').slice(0, 12)
}

function canonical(value: Json | undefined): string {
  return JSON.stringify(value ?? null, (_key, part: Json) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
