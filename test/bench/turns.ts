import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { memory } from '@colloquy/core'
import type { Benchmark } from './run.js'
import { colloquy } from './turns/colloquy.js'
import { dialog, SAID } from './turns/dialog.js'
import type { Round, Told } from './turns/worker.js'

const STORES = ['memory', 'sqlite', 'postgres', 'redis']
const PEERS = ['botbuilder', 'grammy', 'chat']
const LENGTHS = [10, 100, 200]

/** One engine in a process of its own, so that none pays for another's garbage. */
class Contender {
  readonly rounds: Round[] = []
  private readonly child: ChildProcess
  private readonly gone: Promise<Told>

  constructor(readonly name: string) {
    this.child = fork(new URL('turns/worker.ts', import.meta.url), [name])
    this.gone = once(this.child, 'exit').then(([code, signal]) => ({ skipped: `its process ended: ${code ?? signal}` }))
  }

  /** What its process tells next. */
  told(): Promise<Told> {
    return Promise.race([once(this.child, 'message').then(([what]) => what as Told), this.gone])
  }

  async round(ms: number): Promise<Told> {
    const told = this.told()
    if (this.child.connected) this.child.send(ms)
    return told
  }

  async close(): Promise<void> {
    if (this.child.connected) this.child.send(0)
    await this.gone
  }
}

function median(values: number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0)
}

/** Characters of our conversation document as JSON, after some and after many turns of one conversation. */
async function stateBytes(): Promise<Record<string, number>> {
  const store = memory()
  const engine = await colloquy(store)
  const sizes: Record<string, number> = {}
  for (let turns = SAID.length; turns <= Math.max(...LENGTHS); turns += SAID.length) {
    await dialog(engine, 'c')
    const stored = await store.load('c')
    if (LENGTHS.includes(turns)) sizes[`turn${turns}`] = JSON.stringify(stored?.document).length
  }
  await engine.close()
  return sizes
}

/**
 * The same dialog of four questions through our engine on its stores and through other engines, in rounds by turns, so
 * that what else the machine does weighs on all alike. A turn is a message in, its state stored, and the reply out.
 */
const turns: Benchmark = async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: [...STORES, ...PEERS, 'chatUnparsed'].join() },
      rounds: { type: 'string', default: '9' },
      ms: { type: 'string', default: '700' },
    },
  })
  const skipped: Record<string, string> = {}
  const contenders: Contender[] = []
  for (const name of values.only.split(',')) {
    const contender = new Contender(name)
    const opened = await contender.told()
    if ('skipped' in opened) skipped[name] = opened.skipped
    else contenders.push(contender)
  }
  // The first round only warms up.
  for (let number = 0; number <= Number(values.rounds); number++) {
    for (const contender of contenders) {
      const told = await contender.round(Number(values.ms))
      if ('skipped' in told) skipped[contender.name] = told.skipped
      else if ('wall' in told && number > 0) contender.rounds.push(told)
    }
  }
  for (const contender of contenders) await contender.close()

  const figure = (of: keyof Round) => (name: string) => {
    const rounds = name in skipped ? [] : contenders.find((one) => one.name === name)?.rounds
    return [name, rounds?.length ? median(rounds.map((round) => round[of])) : null] as const
  }
  return {
    ...Object.fromEntries(STORES.map(figure('wall'))),
    peers: Object.fromEntries(PEERS.map(figure('wall'))),
    // The same bot on an adapter that leaves out what its guide asks for: reading the message as Markdown.
    chatUnparsed: figure('wall')('chatUnparsed')[1],
    perCpuSecond: Object.fromEntries([...STORES, ...PEERS, 'chatUnparsed'].map(figure('cpu'))),
    stateBytes: await stateBytes(),
    skipped,
  }
}

export default turns
