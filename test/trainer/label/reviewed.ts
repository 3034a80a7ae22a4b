import { join } from 'node:path'
import { DecisionFile } from '../../../packages/trainer/dist/label/decisions.js'
import { itemsOf } from '../../../packages/trainer/dist/label/items.js'
import { Review } from '../../../packages/trainer/dist/label/review.js'
import type { Study } from '../../../packages/trainer/dist/label/study.js'
import { labelFunctions } from '../../../packages/trainer/dist/label/weak.js'
import { folder } from '../command.js'
import { talk } from './conversations.js'

const refund = (id: string, text: string) => talk(id, ['customer', text], ['agent', 'Done.', { action: 'refund' }])
const unit = (x: number) => Float32Array.from([Math.cos(x), Math.sin(x)])

/** A review of three texts, of which the second is out of scope and would clear the screen. */
export async function review() {
  const all = [refund('a', 'I want my money back'), refund('b', 'where is it \x1b[2J?'), refund('c', '我要退款')]
  const { items } = itemsOf(all, labelFunctions({}))
  const ranking = [
    { intent: 'refund', confidence: 0.5 },
    { intent: 'track', confidence: 0.4 },
  ]
  const opinions = items.map(({ key }, i) => [key, { ranking, outOfScope: i === 1, embedding: unit(i) }] as const)
  const known = [{ text: 'money back please', intent: 'refund', embedding: unit(0.1) }]
  const study: Study = { opinions: new Map(opinions), intents: ['refund', 'track'], known, discoveries: [], doubts: [] }
  const file = await DecisionFile.open(join(folder(), 'labels.jsonl'))
  return { file, review: new Review(items, study, file, 'anna') }
}
