import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import tokens from '../bench/tokens.js'
import { trainerPython } from './environment.js'

const python = await trainerPython()
const BANK = ['banking77.jsonl.gz', 'phrases.jsonl'].map((name) =>
  fileURLToPath(new URL(`../../examples/bank/${name}`, import.meta.url)),
)

it.skipIf(!python)('every question to the bank is tokenized in Node as in Python', { timeout: 60_000 }, async () => {
  const { texts, different } = await tokens(BANK)
  expect(texts).toBeGreaterThan(13_000)
  expect(different).toBe(0)
})
