import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet } from './fleet.js'
import type { Random } from './random.js'

type Moment = 'message' | 'acknowledgement' | 'commit' | 'reply'
const MOMENTS: readonly Moment[] = ['message', 'acknowledgement', 'commit', 'reply']

/** Kills processes: at any time, or just as something happens. */
export class Killer {
  /** By what was happening. */
  readonly kills: Record<Moment | 'time', number> = { message: 0, acknowledgement: 0, commit: 0, reply: 0, time: 0 }
  private trap: { moment: Moment; left: number; sprung: () => void } | undefined

  constructor(
    private readonly fleet: Fleet,
    private readonly random: Random,
  ) {}

  /** Resolves when one process has been killed. */
  async strike(): Promise<void> {
    const { fleet, random } = this
    await fleet.someone(random)
    const sprung = new Promise<boolean>((resolve) => {
      if (random.chance(0.3)) return
      this.trap = { moment: random.pick(MOMENTS), left: random.between(1, 12), sprung: () => resolve(true) }
    })
    const wait = this.trap ? 3000 : random.between(0, 1000)
    if (await Promise.race([sprung, sleep(wait, false)])) return
    this.trap = undefined
    const victim = await fleet.someone(random)
    this.kills.time++
    victim.kill()
  }

  /** Told of what happens, before anything comes of it. Gives whether the process has been killed for it. */
  saw(moment: Moment, pid: number): boolean {
    const { trap } = this
    if (trap?.moment !== moment || --trap.left > 0) return false
    const victim = [...this.fleet.up].find((one) => one.pid === pid)
    if (!victim) return false
    this.trap = undefined
    this.kills[moment]++
    victim.kill()
    trap.sprung()
    return true
  }
}
