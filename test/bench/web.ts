import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { io, type Socket } from 'socket.io-client'
import type { Benchmark } from './run.js'
import type { Told } from './web/server.js'

const TEXT = 'Are you open on Sunday?'

/** A server in a process of its own, and its clients here. */
class Contender {
  readonly rates: number[] = []
  readonly perCpu: number[] = []
  readonly perClientCpu: number[] = []
  readonly latencies: number[] = []
  bytes = 0
  private readonly child: ChildProcess
  private readonly ended: Promise<unknown[]>
  private sockets: Socket[] = []
  private sent = 0
  private busy = false

  constructor(
    readonly name: 'colloquy' | 'echo' | 'ack',
    flags: string[] = [],
  ) {
    const execArgv = [...process.execArgv, '--expose-gc', ...flags]
    this.child = fork(new URL('web/server.ts', import.meta.url), [name], { execArgv })
    this.ended = once(this.child, 'exit')
  }

  /** Connects everybody; what that takes of the server's memory is counted once garbage is gone. */
  async connect(count: number): Promise<void> {
    const { url } = (await this.told()) as { url: string }
    const before = await this.ask('bytes')
    const ready = this.name === 'colloquy' ? 'history' : 'connect'
    for (let n = 0; n < count; n++) {
      const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false })
      this.sockets.push(socket)
      await new Promise((resolve) => socket.once(ready, resolve))
    }
    this.bytes = ((await this.ask('bytes')) - before) / count
  }

  /** Everybody writes, and again as soon as there is an answer, for so many milliseconds. */
  async round(ms: number, counted: boolean): Promise<void> {
    this.busy = true
    let answers = 0
    const talks = this.sockets.map(async (socket) => {
      while (this.busy) {
        const start = performance.now()
        await this.talk(socket)
        answers++
        if (counted) this.latencies.push(performance.now() - start)
      }
    })
    const own = process.cpuUsage()
    const [start, used] = [performance.now(), await this.ask('cpu')]
    await sleep(ms)
    if (counted) this.rates.push(answers / ((performance.now() - start) / 1000))
    this.busy = false
    await Promise.all(talks)
    if (!counted) return
    this.perCpu.push(answers / ((await this.ask('cpu')) - used))
    const { user, system } = process.cpuUsage(own)
    this.perClientCpu.push(answers / ((user + system) / 1e6))
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.disconnect()
    this.child.disconnect()
    await this.ended
  }

  /** A message, its acknowledgement, and the answer. */
  private async talk(socket: Socket): Promise<void> {
    // As long as the page's own.
    const draft = { id: (this.sent++).toString(16).padStart(32, '0'), text: TEXT }
    const answered = this.name === 'ack' || new Promise((resolve) => socket.once('message', resolve))
    await Promise.all([answered, socket.emitWithAck('message', draft)])
  }

  private async ask(what: 'bytes' | 'cpu'): Promise<number> {
    this.child.send(what)
    return ((await this.told()) as Record<typeof what, number>)[what]
  }

  private async told(): Promise<Told> {
    const [told] = await Promise.race([once(this.child, 'message'), this.ended])
    if (typeof told === 'object' && told !== null) return told as Told
    throw new Error(`The ${this.name} server has ended: ${told}.`)
  }
}

function quantile(values: number[], q = 0.5): number {
  return [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? Number.NaN
}

/**
 * People on sockets who write all the time, through the web channel and the whole engine (memory store, stub classifier),
 * beside a bare socket.io echo of as many packets: each message is acknowledged and comes back. One that only acknowledges
 * is measured too. In rounds by turns, so that what else the machine does weighs on all alike.
 */
const web: Benchmark = async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      sockets: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '15' },
      ms: { type: 'string', default: '800' },
      /** A folder for a CPU profile of the channel's server. */
      profile: { type: 'string' },
    },
  })
  const flags = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []
  const [colloquy, echo, ack] = [new Contender('colloquy', flags), new Contender('echo'), new Contender('ack')]
  const contenders = [colloquy, echo, ack]
  for (const one of contenders) await one.connect(Number(values.sockets))
  // The first round only warms up.
  for (let number = 0; number <= Number(values.rounds); number++)
    for (const one of contenders) await one.round(Number(values.ms), number > 0)
  for (const one of contenders) await one.close()
  const ratios = colloquy.rates.map((rate, round) => rate / (echo.rates[round] ?? Number.NaN))
  return {
    perSecond: Math.round(quantile(colloquy.rates)),
    barePerSecond: Math.round(quantile(echo.rates)),
    // Of the rounds' ratios the median: what else the machine does changes from round to round.
    ratio: Number(quantile(ratios).toFixed(3)),
    p99Ms: Number(quantile(colloquy.latencies, 0.99).toFixed(1)),
    bareP99Ms: Number(quantile(echo.latencies, 0.99).toFixed(1)),
    bytesPerIdleConnection: Math.round(colloquy.bytes),
    bareBytesPerIdleConnection: Math.round(echo.bytes),
    ackOnlyPerSecond: Math.round(quantile(ack.rates)),
    // Messages for each second of processor time, of the server and of its clients.
    perCpuSecond: Object.fromEntries(contenders.map(({ name, perCpu }) => [name, Math.round(quantile(perCpu))])),
    clientPerCpuSecond: Object.fromEntries(contenders.map((one) => [one.name, Math.round(quantile(one.perClientCpu))])),
    sockets: Number(values.sockets),
  }
}

export default web
