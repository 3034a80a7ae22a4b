import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { classifier } from '@colloquy/core'
import { importChats, train, writeTranscripts } from '@colloquy/trainer'
import { examplesOf } from '../../packages/trainer/dist/label/examples.js'
import { itemsOf } from '../../packages/trainer/dist/label/items.js'
import { reportOf } from '../../packages/trainer/dist/label/report.js'
import { requestsOf } from '../../packages/trainer/dist/label/requests.js'
import { type Conversation, readConversations } from '../../packages/trainer/dist/label/transcripts.js'
import { labelFunctions } from '../../packages/trainer/dist/label/weak.js'
import type { Benchmark } from './run.js'
import { curve } from './star/curve.js'

/** What the set says of a dialogue: only its part is used before the end, and its tasks to measure. */
export interface Gold {
  id: string
  split: 'train' | 'val' | 'test'
  intent: string
  tasks: string[]
}

const signal = new AbortController().signal
const host = { signal, say: (line: string) => console.error(line), onEvent: () => {} }

/**
 * STAR (Mosig, Mehri and Kober 2020, https://github.com/RasaHQ/STAR) as an exported log: import, label by the agents' actions
 * alone, train, and see how often the opening request's task is told in the test part.
 *
 *   npm run bench -- star FILE [--init MODEL] [--epochs 4 --openings] [--curve]
 */
const star: Benchmark = async (options) => {
  const { values, positionals } = parseArgs({
    args: options,
    allowPositionals: true,
    options: {
      init: { type: 'string', default: 'examples/bank/model' },
      epochs: { type: 'string' },
      openings: { type: 'boolean' },
      curve: { type: 'boolean' },
    },
  })
  const [path] = positionals
  if (path === undefined) throw new Error('Name the file of the STAR set: star.jsonl.gz.')
  const lines = gunzipSync(await readFile(path))
    .toString('utf8')
    .trim()
    .split('\n')
  const gold = new Map(lines.map((line) => JSON.parse(line) as Gold).map((one) => [`colloquy:${one.id}`, one]))
  const scratch = await mkdtemp(join(tmpdir(), 'colloquy-star-'))
  try {
    const file = join(scratch, 'conversations.jsonl')
    await writeTranscripts(importChats([path], { keepPersonal: true }).transcripts, file, signal)
    const conversations = (await readConversations([file])).flatMap((one): Conversation[] => {
      const split = gold.get(one.id)?.split
      return split === undefined ? [] : [{ ...one, split: split === 'val' ? 'validation' : split }]
    })
    const test = conversations.filter(({ split }) => split === 'test')
    const seen = conversations.filter(({ split }) => split !== 'test')
    const actions = JSON.parse(await readFile(new URL('star/actions.json', import.meta.url), 'utf8'))
    const labelling = itemsOf(seen, labelFunctions(actions))
    const openings = labelling.items.filter(({ requests }) => requests.some(({ opening }) => opening))
    const { weak, texts, needPerson } = reportOf(labelling, [])
    const openingReport = reportOf({ ...labelling, items: openings }, [])
    const figures: Record<string, number> = {
      requests: texts,
      covered: round(weak.covered / texts),
      conflicting: round(weak.conflicting / texts),
      needPerson: round(needPerson / texts),
      needPersonOpening: round(openingReport.needPerson / openingReport.texts),
    }
    if (values.curve) return { ...figures, ...(await curve(conversations, gold, values.init)) }

    const examples = join(scratch, 'examples.jsonl')
    const rows = examplesOf(values.openings ? openings : labelling.items, [])
    await writeFile(examples, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const out = join(scratch, 'model')
    const how =
      values.epochs === undefined ? { init: values.init, headOnly: true } : { recipe: ['--epochs', values.epochs] }
    const made = await train({ data: [examples], out, ...how }, host)
    const right = await measure(out, test, gold)
    const single = right.filter(({ tasks }) => tasks === 1)
    const share = (of: { right: boolean }[]) => round(of.filter(({ right }) => right).length / of.length)
    return {
      ...figures,
      agreesWithWeak: round(made.evaluation.accuracy),
      accuracy: share(right),
      accuracyAnyTask: round(right.filter(({ any }) => any).length / right.length),
      accuracyOneTask: share(single),
      dialogues: right.length,
      dialoguesOneTask: single.length,
      seconds: Math.round(made.seconds),
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

interface Right {
  right: boolean
  /** It is one of the tasks of the dialogue, which are not always taken up in their order. */
  any: boolean
  tasks: number
}

/** Whether the task of the opening request is told; a dialogue in which no request is found is missed. */
async function measure(folder: string, test: Conversation[], gold: ReadonlyMap<string, Gold>): Promise<Right[]> {
  const model = await classifier(folder, { watch: false })
  try {
    const found: Right[] = []
    for (const conversation of test) {
      const [opening] = requestsOf(conversation)
      const { intent, tasks } = gold.get(conversation.id) as Gold
      const said = opening && (await model.classify(opening.text)).intent
      found.push({ right: said === intent, any: tasks.includes(said ?? ''), tasks: tasks.length })
    }
    return found
  } finally {
    await model.close()
  }
}

function round(value: number): number {
  return Number(value.toFixed(4))
}

export default star
