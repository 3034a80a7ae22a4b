import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { reason } from '../errors.js'
import { badModel, MODEL_FILES } from './card.js'
import { ServedModel, type Serving } from './served.js'

/** How often a folder is looked at, in milliseconds. */
const LOOK = 1000

/** The newest good version of a model folder: a new one takes over between two texts, a bad one is refused. */
export class LiveModel {
  /** The version that answers. */
  current: ServedModel
  #timer: NodeJS.Timeout | undefined
  #closed = false
  /** What the folder looked like when it was last loaded, and when it was last looked at. */
  #tried: string
  #seen: string

  private constructor(
    private readonly folder: string,
    private readonly serving: Serving,
    private readonly log: Logger,
    current: ServedModel,
    looks: string,
  ) {
    this.current = current
    this.#tried = looks
    this.#seen = looks
  }

  /**
   * Loads a folder, and watches it if told to.
   *
   * @throws ColloquyError `bad_model`
   */
  static async open(folder: string, serving: Serving, watch: boolean, log: Logger): Promise<LiveModel> {
    const looks = await looksOf(folder)
    const live = new LiveModel(folder, serving, log, await ServedModel.open(folder, serving), looks)
    if (watch) live.#watch()
    return live
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.current.close()
  }

  #watch(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.#look().finally(() => this.#watch()), LOOK).unref()
  }

  /** Loads what is new, once it has stood still from one look to the next: it may be half written. */
  async #look(): Promise<void> {
    const looks = await looksOf(this.folder)
    const still = looks === this.#seen
    this.#seen = looks
    if (!still || looks === this.#tried) return
    this.#tried = looks
    try {
      await this.#replace(await ServedModel.open(this.folder, this.serving))
    } catch (error) {
      const { version } = this.current
      this.log.error({ folder: this.folder, version }, `a new model was refused, the old one goes on: ${reason(error)}`)
    }
  }

  async #replace(next: ServedModel): Promise<void> {
    const old = this.current
    const lost = old.card.labels.filter((label) => !next.card.labels.includes(label))
    if (this.#closed || lost.length > 0 || next.version === old.version) {
      await next.close()
      if (lost.length === 0) return
      throw badModel(
        this.folder,
        `dialogs may need intents that it does not know: ${lost.join(', ')}. Restart with it.`,
      )
    }
    this.current = next
    this.log.info({ folder: this.folder, version: next.version, before: old.version }, 'a new model has taken over')
    await old.close()
  }
}

/** Changes with every file of the folder that changes. */
async function looksOf(folder: string): Promise<string> {
  const looks = MODEL_FILES.map(async (name) => {
    const { ino, size, mtimeMs } = await stat(join(folder, name))
    return `${ino} ${size} ${mtimeMs}`
  })
  const found = await Promise.allSettled(looks)
  return found.map((one) => (one.status === 'fulfilled' ? one.value : 'absent')).join(', ')
}
