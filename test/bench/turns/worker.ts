import { botbuilder } from './botbuilder.js'
import { chat, chatUnparsed } from './chat.js'
import { colloquy } from './colloquy.js'
import { dialog, type Engine, SAID } from './dialog.js'
import { grammy } from './grammy.js'
import { stores } from './stores.js'

/** Customers who talk at the same time, each waiting for the reply before saying more. */
const CUSTOMERS = 32

/** What a process that has one engine tells: once it is open, and after each round. */
export type Told = { skipped: string } | { opened: true } | Round

export interface Round {
  /** Turns a second, and turns a second of processor time. */
  wall: number
  cpu: number
}

const peers: Record<string, () => Engine | Promise<Engine>> = { botbuilder, grammy, chat, chatUnparsed }

async function open(name: string): Promise<{ engine: Engine; drop(): Promise<void> }> {
  const peer = peers[name]
  if (peer) return { engine: await peer(), async drop() {} }
  const place = await stores[name]?.()
  if (!place) throw new Error(`There is no engine "${name}".`)
  return { engine: await colloquy(place.store), drop: () => place.drop() }
}

/** All customers for some time, each dialog in a conversation of its own. */
async function round(engine: Engine, number: number, ms: number): Promise<Round> {
  let turns = 0
  const used = process.cpuUsage()
  const start = performance.now()
  const customers = Array.from({ length: CUSTOMERS }, async (_, customer) => {
    for (let n = 0; performance.now() - start < ms; n++) {
      await dialog(engine, `${number}-${customer}-${n}`)
      turns += SAID.length
    }
  })
  await Promise.all(customers)
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(used)
  return { wall: turns / seconds, cpu: turns / ((user + system) / 1e6) }
}

const tell = (what: Told) => process.send?.(what)
const [name = ''] = process.argv.slice(2)
try {
  const { engine, drop } = await open(name)
  let number = 0
  process.on('message', async (ms: number) => {
    if (ms > 0) return tell(await round(engine, number++, ms))
    await engine.close()
    await drop()
    process.disconnect()
  })
  tell({ opened: true })
} catch (error) {
  tell({ skipped: error instanceof Error ? error.message || error.name : String(error) })
  process.disconnect()
}
