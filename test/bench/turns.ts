import { parseArgs } from 'node:util'
import { memory } from '@colloquy/core'
import type { Benchmark } from './run.js'
import { botbuilder } from './turns/botbuilder.js'
import { chat } from './turns/chat.js'
import { colloquy } from './turns/colloquy.js'
import { type Engine, HEARD, SAID } from './turns/dialog.js'
import { grammy } from './turns/grammy.js'
import { stores } from './turns/stores.js'

/** Customers who talk at the same time, each waiting for the reply before saying more. */
const CUSTOMERS = 32
const LONG = 200
const SHORT = 10

/** One engine at work: its figure of each round. */
interface Contender {
  name: string
  engine: Engine
  /** Turns a second, and turns a second of processor time. */
  wall: number[]
  cpu: number[]
  drop(): Promise<void>
}

async function open(name: string): Promise<Contender> {
  const measured = { name, wall: [], cpu: [] }
  const peers: Record<string, () => Engine | Promise<Engine>> = { botbuilder, grammy, chat }
  const peer = peers[name]
  if (peer) return { ...measured, engine: await peer(), async drop() {} }
  const place = await stores[name]?.()
  if (!place) throw new Error(`There is no engine "${name}".`)
  return { ...measured, engine: await colloquy(place.store), drop: () => place.drop() }
}

/** One customer's dialog, message by message; a wrong reply ends the benchmark. */
async function dialog(engine: Engine, conversation: string): Promise<void> {
  for (const [n, text] of SAID.entries()) {
    const heard = await engine.say(conversation, text)
    if (heard !== HEARD[n]) throw new Error(`To "${text}" it said "${heard}" instead of "${HEARD[n]}".`)
  }
}

/** All customers for some time, each dialog in a conversation of its own. */
async function round({ engine, wall, cpu, name }: Contender, number: number, ms: number): Promise<void> {
  let turns = 0
  const used = process.cpuUsage()
  const start = performance.now()
  await Promise.all(
    Array.from({ length: CUSTOMERS }, async (_, customer) => {
      for (let n = 0; performance.now() - start < ms; n++) {
        await dialog(engine, `${name}-${number}-${customer}-${n}`)
        turns += SAID.length
      }
    }),
  )
  await engine.idle?.()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(used)
  wall.push(turns / seconds)
  cpu.push(turns / ((user + system) / 1e6))
}

/** Characters of our conversation document as JSON, after some and after many turns of one conversation. */
async function stateBytes(): Promise<Record<string, number>> {
  const store = memory()
  const engine = await colloquy(store)
  const size = async () => JSON.stringify((await store.load('c'))?.document).length
  const sizes: Record<string, number> = {}
  for (let turns = SAID.length; turns <= LONG; turns += SAID.length) {
    await dialog(engine, 'c')
    await engine.idle?.()
    if (turns === SHORT || turns === LONG) sizes[`turn${turns}`] = await size()
  }
  await engine.close()
  return sizes
}

function median(values: number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0)
}

/**
 * The same dialog of four questions through our engine on its stores and through other engines, in rounds by turns, so
 * that what else the machine does weighs on all alike. A turn is a message in, its state stored, and the reply out.
 */
const turns: Benchmark = async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: 'memory,sqlite,postgres,redis,botbuilder,grammy,chat' },
      rounds: { type: 'string', default: '9' },
      ms: { type: 'string', default: '700' },
    },
  })
  const skipped: Record<string, string> = {}
  const contenders: Contender[] = []
  for (const name of values.only.split(',')) {
    const opened = await open(name).catch((error: Error) => error)
    if (opened instanceof Error) skipped[name] = opened.message || opened.name
    else contenders.push(opened)
  }
  for (let number = 0; number <= Number(values.rounds); number++) {
    for (const contender of contenders) await round(contender, number, Number(values.ms))
    // The first round only warms up.
    if (number === 0) for (const { wall, cpu } of contenders) wall.length = cpu.length = 0
  }
  for (const { engine, drop } of contenders) {
    await engine.close()
    await drop()
  }

  const figure = (of: 'wall' | 'cpu') => (name: string) => {
    const found = contenders.find((one) => one.name === name)
    return [name, found ? median(found[of]) : null] as const
  }
  const ours = ['memory', 'sqlite', 'postgres', 'redis']
  const peers = ['botbuilder', 'grammy', 'chat']
  return {
    ...Object.fromEntries(ours.map(figure('wall'))),
    peers: Object.fromEntries(peers.map(figure('wall'))),
    perCpuSecond: Object.fromEntries([...ours, ...peers].map(figure('cpu'))),
    stateBytes: await stateBytes(),
    skipped,
  }
}

export default turns
