import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { memory } from '@colloquy/core'
import { byPattern, type Chat, chat } from '@colloquy/core/testing'
import { pino } from 'pino'
import type { Bank } from '../../examples/bank/bank.js'
import { bankBot } from '../../examples/bank/bot.js'
import { memoryBank } from '../../examples/bank/memory.js'

const data = new URL('../../examples/bank/banking77.jsonl.gz', import.meta.url)

/** BANKING77, as it is committed. */
export const banking77: { text: string; intent: string; split: string }[] = gunzipSync(readFileSync(data))
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

export const labels = [...new Set(banking77.map((one) => one.intent))]

/** The day on which the sample accounts are looked at. */
export const TODAY = new Date('2026-11-23T12:00:00Z')

export const YES_NO = ['Yes', 'No']
export const FAILED = 'Sorry, something went wrong on our side. Please try again, or type "human" to speak to a person.'

/** Alex's bank on that day, with some of what it does put in another way. */
export const bank = (instead: Partial<Bank> = {}): Bank => ({ ...memoryBank(undefined, TODAY), ...instead })

/** What a bank does that cannot be reached. */
export const down = async (): Promise<never> => {
  throw new Error('the bank cannot be reached')
}

/** A conversation with the bank's bot in which these words mean these intents. */
export function talk(intents: Record<string, RegExp>, with_ = bank()): Chat {
  const classifier = byPattern(intents, labels)
  const log = pino({ level: 'silent' })
  return chat(bankBot({ bank: with_, classifier, store: memory(), channels: [], log }))
}
