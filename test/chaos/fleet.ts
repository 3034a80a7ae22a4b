import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromBot, ToBot } from './bot.js'
import type { Random } from './random.js'

const BOT = fileURLToPath(new URL('bot.ts', import.meta.url))

const FAILURES = 50

/** One life of a bot's process. */
export interface Process {
  pid: number
  send(what: ToBot): void
  /** Ends it without a warning. */
  kill(): void
}

/** What the fleet tells of. */
export interface Watcher {
  heard(from: Process, what: FromBot): void
  /** A process is gone: what it was given and has not acknowledged is to be given to another. */
  died(from: Process): void
}

/** Bot processes that are started again whenever they die. */
export class Fleet {
  /** Those that are up. */
  readonly up = new Set<Process>()
  private readonly children = new Set<ChildProcess>()
  private stopping = false
  /** Starts in a row that came to nothing. */
  private failures = 0
  private waiting: (() => void)[] = []

  constructor(
    private readonly size: number,
    private readonly args: string[],
    private readonly watcher: Watcher,
  ) {}

  async start(): Promise<void> {
    for (let n = 0; n < this.size; n++) this.spawn()
    while (this.up.size < this.size) await this.more()
  }

  /** One that is up, whichever; waits until there is one. */
  async someone(random: Random): Promise<Process> {
    while (this.up.size === 0) await this.more()
    return random.pick([...this.up])
  }

  /** Resolves when a process has come up. */
  private more(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** Lets them end as a deploy does. */
  async stop(): Promise<void> {
    this.stopping = true
    for (const one of this.up) one.send({ stop: true })
    const gone = [...this.children].map((child) => new Promise((resolve) => child.once('exit', resolve)))
    const killer = setTimeout(() => {
      for (const child of this.children) child.kill('SIGKILL')
    }, 10_000)
    await Promise.all(gone)
    clearTimeout(killer)
  }

  private spawn(): void {
    const child = fork(BOT, this.args, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.children.add(child)
    const one: Process = {
      pid: child.pid ?? 0,
      // A message to a process that has just died is lost, as on a network.
      send: (what) => child.connected && child.send(what, () => {}),
      kill: () => {
        this.up.delete(one)
        child.kill('SIGKILL')
      },
    }
    child.on('message', (what: FromBot) => {
      if ('ready' in what) {
        this.up.add(one)
        this.failures = 0
        for (const resolve of this.waiting.splice(0)) resolve()
      } else this.watcher.heard(one, what)
    })
    child.on('exit', () => {
      this.up.delete(one)
      this.children.delete(child)
      this.watcher.died(one)
      if (this.failures++ > FAILURES) throw new Error('The bot does not start.')
      if (!this.stopping) this.spawn()
    })
  }
}
