/**
 * Torments a bot: its processes are killed at random moments while customers talk to it, send things twice and interrupt
 * themselves. The last line is one JSON object of what went wrong.
 *
 * npm run chaos -- --store sqlite|postgres|mysql|redis --kills 30 --conversations 200 [--processes 2] [--seed 1] --json
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sqlite } from '@colloquy/core/store/sqlite'
import { type Database, mysqlDatabase, postgresDatabase, redisDatabase } from '../core/store/servers.js'
import { Customer } from './customer.js'
import { Fleet } from './fleet.js'
import { judge } from './judge.js'
import { Killer } from './killer.js'
import { Random } from './random.js'
import { scriptOf } from './script.js'
import { startService } from './service.js'

/** After this long without a reply everything has been said, in milliseconds: longer than work stays in hand. */
const SILENCE = 9000

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    kills: { type: 'string', default: '30' },
    conversations: { type: 'string', default: '200' },
    processes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const [kills, conversations, processes, seed] = [values.kills, values.conversations, values.processes, values.seed].map(
  Number,
) as [number, number, number, number]

const servers: Record<string, () => Promise<Database>> = {
  postgres: postgresDatabase,
  mysql: mysqlDatabase,
  redis: redisDatabase,
  async sqlite() {
    if (processes > 1) throw new Error('One process owns a SQLite file: try --store postgres with --processes 2.')
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-chaos-'))
    const url = join(folder, 'bot.db')
    const nothing = async () => {}
    const drop = async () => rmSync(folder, { recursive: true })
    const make = () => sqlite(url)
    return {
      url,
      prefix: '',
      make,
      drop,
      dump: async () => '',
      clear: nothing,
      kill: nothing,
      outdate: nothing,
      end: nothing,
    }
  },
}
const database = await servers[values.store]?.()
if (!database) throw new Error(`There is no store ${values.store}: it is one of ${Object.keys(servers).join(', ')}.`)

const random = new Random(seed)
const customers: Customer[] = []
let lastReply = Date.now()
const find = (conversation: string) => customers[Number(conversation.split(':')[1])]
const service = await startService(new Random(seed + 1), (pid) => killer.saw('commit', pid))
const fleet = new Fleet(processes, [values.store, database.url, database.prefix, service.url], {
  heard(from, what) {
    if ('reply' in what) {
      lastReply = Date.now()
      // Sometimes the reply is the last thing that a process has done, and sometimes it is on its way when the process dies.
      if (killer.saw('reply', from.pid) && random.chance(0.5)) return
      find(what.reply.conversation)?.heard(what)
      from.send({ received: what.reply.id })
    } else if ('acknowledged' in what) {
      find(what.acknowledged)?.heard(what)
      killer.saw('acknowledgement', from.pid)
    } else if ('refused' in what) find(what.refused)?.heard(what)
  },
  died(process) {
    for (const customer of customers) customer.died(process)
  },
})
const killer = new Killer(fleet, new Random(seed + 2))
await fleet.start()

const talks: Promise<void>[] = []
const begun = Date.now()
const network = { someone: () => fleet.someone(random), sent: (to: { pid: number }) => killer.saw('message', to.pid) }
for (let n = 0; n < conversations; n++) {
  customers.push(new Customer(n, scriptOf(random, n), new Random(seed + 100 + n), network))
}
let started = 0
const start = (count: number) => {
  while (started < count) talks.push((customers[started++] as Customer).talk())
}
for (let killed = 0; killed < kills; killed++) {
  start(Math.ceil(((killed + 1) * conversations) / kills))
  await killer.strike()
  if (!values.json) console.log(`${killed + 1} killed, ${started} conversations begun, ${Date.now() - begun} ms`)
}
start(conversations)
await Promise.all(talks)
while (Date.now() - lastReply < SILENCE) await sleep(100)
await fleet.stop()
service.stop()

const store = database.make()
await store.open()
const verdict = await judge(store, customers, service.refunds)
await store.close()
await database.drop()
await database.end()
const { callsPerKeyMax, ...wrong } = verdict
const messages = customers.reduce((sum, customer) => sum + customer.sent.length, 0)
console.log(
  JSON.stringify({
    store: values.store,
    processes,
    seed,
    conversations,
    messages,
    deliveries: customers.reduce((sum, customer) => sum + customer.deliveries, 0),
    seconds: Math.round((Date.now() - begun) / 1000),
    kills: Object.values(killer.kills).reduce((sum, count) => sum + count),
    killedAt: killer.kills,
    callsPerKeyMax,
    ...wrong,
  }),
)
process.exitCode = Object.values(wrong).some((count) => count > 0) ? 1 : 0
