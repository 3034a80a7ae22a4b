import { classifier } from '@colloquy/core'
import { embedAll } from '../../../packages/trainer/dist/head/embed.js'
import { fitRanker, type Known, margin } from '../../../packages/trainer/dist/label/opinion.js'
import { queueOf } from '../../../packages/trainer/dist/label/queue.js'
import { requestsOf } from '../../../packages/trainer/dist/label/requests.js'
import type { Conversation } from '../../../packages/trainer/dist/label/transcripts.js'
import type { Gold } from '../star.js'

const START = 50
const STEPS = [50, 100, 200, 300, 450, 600]
const SEEDS = 3

interface Text {
  embedding: Float32Array
  intent: string
}

/**
 * Accuracy on the test part after so many labels by a person, where the queue chooses what to label and where chance does: the
 * mean of some seeds. The person is the set itself, so only dialogues of one task take part; both begin with the same ones.
 */
export async function curve(
  conversations: readonly Conversation[],
  gold: ReadonlyMap<string, Gold>,
  folder: string,
): Promise<Record<string, Record<string, number>>> {
  const encoder = await classifier(folder, { watch: false })
  const textsOf = async (split: string) => {
    const openings = conversations.flatMap((one) => {
      const { tasks, intent = '' } = gold.get(one.id) ?? { tasks: [] }
      const [opening] = requestsOf(one)
      return one.split === split && tasks.length === 1 && opening ? [{ text: opening.text, intent }] : []
    })
    const embeddings = await embedAll(
      encoder,
      openings.map(({ text }) => text),
      new AbortController().signal,
    )
    return openings.map(({ intent }, i): Text => ({ intent, embedding: embeddings[i] as Float32Array }))
  }
  const [train, test] = [await textsOf('train'), await textsOf('test')]
  await encoder.close()
  const found: Record<string, Record<string, number>> = { active: {}, random: {} }
  for (let seed = 0; seed < SEEDS; seed++) {
    const order = train
      .map((one, i) => ({ one, at: Math.sin((i + 1) * (seed + 1) * 12.9898) * 43758.5453 }))
      .sort((a, b) => (a.at % 1) - (b.at % 1))
      .map(({ one }) => one)
    for (const way of ['active', 'random'] as const) {
      let labelled: Known[] = order.slice(0, START)
      let left = order.slice(START)
      for (const wanted of STEPS) {
        const count = wanted - labelled.length
        const rank = await fitRanker(labelled, seed)
        if (count > 0) {
          const candidates = left.map(({ embedding }) => {
            const ranking = rank(embedding)
            return { embedding, margin: margin(ranking), outOfScope: false, disagrees: false, marked: false }
          })
          const chosen = new Set(
            way === 'active'
              ? queueOf(
                  candidates,
                  count,
                  labelled.map(({ embedding }) => embedding),
                )
              : left.slice(0, count).map((_, i) => i),
          )
          labelled = [...labelled, ...left.filter((_, i) => chosen.has(i))]
          left = left.filter((_, i) => !chosen.has(i))
        }
        const now = await fitRanker(labelled, seed)
        const right = test.filter(({ embedding, intent }) => now(embedding)[0]?.intent === intent).length
        const curve = found[way] as Record<string, number>
        curve[wanted] = Number(((curve[wanted] ?? 0) + right / test.length / SEEDS).toFixed(4))
      }
    }
  }
  return found
}
