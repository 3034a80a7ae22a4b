import type { Format } from '../format.js'
import { botpress } from './botpress.js'
import { colloquy } from './colloquy.js'
import { intercom } from './intercom.js'
import { rasa } from './rasa.js'
import { slack } from './slack.js'
import { csv, jsonl } from './table.js'
import { teams } from './teams.js'
import { whatsapp } from './whatsapp.js'
import { zendesk } from './zendesk.js'

/** In the order in which they are tried: the most particular first. */
export const FORMATS: readonly Format[] = [
  slack,
  whatsapp,
  rasa,
  zendesk,
  intercom,
  botpress,
  teams,
  colloquy,
  csv,
  jsonl,
]
