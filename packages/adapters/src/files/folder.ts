import { randomBytes } from 'node:crypto'
import { createWriteStream, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ColloquyError, type FileContent, safeName } from '@colloquy/core'

/** What files people may send, and where they are kept. */
export interface UploadOptions {
  /** Where they are kept (`.colloquy/uploads`); several nodes must share it. */
  folder?: string
  /** The largest, in bytes (10 MB). */
  limit?: number
  /** Media types (pictures, PDF, plain text, CSV, audio, video); `audio/*` stands for all of a kind. */
  types?: string[]
  /** How many days they are kept (30). */
  days?: number
}

/** What is known of a kept file; `size` in bytes. */
export interface KeptFile {
  name: string
  type: string
  size: number
}

const TYPES = ['png', 'jpeg', 'gif', 'webp', 'heic'].map((kind) => `image/${kind}`)
TYPES.push('application/pdf', 'text/plain', 'text/csv', 'audio/*', 'video/mp4', 'video/webm', 'video/quicktime')
/** How many files one owner may have. */
const MOST = 100
/** What owners and ids look like: nothing that could lead out of the folder. */
const NAME = /^[\w-]{22}$/
const HOUR = 3_600_000
const GONE = 'The file is no longer there.'

/**
 * Files that people have sent, on disk: a folder for each owner, in it each file under a random id, beside what is known of
 * it. Names that people have chosen are never paths.
 */
export class Folder {
  readonly limit: number
  readonly types: string[]
  private readonly path: string
  private readonly days: number
  private clock: NodeJS.Timeout | undefined

  constructor({
    folder = '.colloquy/uploads',
    limit = 10 * 1024 * 1024,
    types = TYPES,
    days = 30,
  }: UploadOptions = {}) {
    this.path = folder
    this.limit = limit
    this.types = types
    this.days = days
  }

  /** Removes what is too old, now and every hour. */
  async start(failed: (error: unknown) => void): Promise<void> {
    this.clock = setInterval(() => void this.expire().catch(failed), HOUR)
    await this.expire().catch(failed)
  }

  stop(): void {
    clearInterval(this.clock)
  }

  /**
   * Keeps the file that a request brings, under the `name` of its query.
   *
   * @throws {@link ColloquyError} `bad_message` where it is longer than the limit or of no type that is taken, breaks off, or
   *   its owner has too many.
   */
  receive(owner: string, request: IncomingMessage): Promise<KeptFile & { id: string }> {
    const name = new URLSearchParams(request.url?.split('?', 2)[1]).get('name') ?? ''
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    return this.add(owner, { name, type, size: Number(request.headers['content-length'] ?? 0) }, request)
  }

  /**
   * What is known of a file. Synchronous, so that messages keep their order.
   *
   * @throws {@link ColloquyError} `bad_message` where the owner has no such file.
   */
  find(owner: string, id: string): KeptFile {
    const path = `${this.place(owner, id)}.json`
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as KeptFile
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
      throw refused(GONE)
    }
  }

  /** @throws {@link ColloquyError} `bad_message` where the owner has no such file. */
  async read(owner: string, id: string): Promise<FileContent> {
    const { name, type } = this.find(owner, id)
    return { name, type, bytes: await readFile(this.place(owner, id)) }
  }

  /** Removes all that an owner has, where that is one. */
  async forget(owner: string): Promise<void> {
    if (NAME.test(owner)) await rm(this.home(owner), { recursive: true, force: true })
  }

  private async add(
    owner: string,
    { name, type, size }: KeptFile,
    bytes: NodeJS.ReadableStream,
  ): Promise<KeptFile & { id: string }> {
    const isTaken = (one: string) => one === type || (one.endsWith('/*') && type.startsWith(one.slice(0, -1)))
    if (!this.types.some(isTaken)) throw refused('Files of this kind are not taken here.')
    if (size > this.limit) throw this.tooLarge()
    const home = this.home(owner)
    await mkdir(home, { recursive: true, mode: 0o700 })
    if ((await readdir(home)).length >= MOST * 2) throw refused('There are too many files in this conversation.')
    const id = randomBytes(16).toString('base64url')
    const path = join(home, id)
    const file: KeptFile = { name: safeName(name), type, size: 0 }
    const counted = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        file.size += chunk.length
        done(file.size > this.limit ? this.tooLarge() : null, chunk)
      },
    })
    try {
      await pipeline(bytes, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
      // Only a file that is whole is known.
      await writeFile(`${path}.json`, JSON.stringify(file), { mode: 0o600 })
    } catch (error) {
      await rm(path, { force: true })
      const { code } = error as NodeJS.ErrnoException
      throw code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' ? refused('The file broke off.') : error
    }
    return { id, ...file }
  }

  private async expire(): Promise<void> {
    const before = Date.now() - this.days * 24 * HOUR
    const owners = await readdir(this.path).catch(() => [])
    for (const owner of owners.filter((one) => NAME.test(one))) {
      for (const file of await readdir(this.home(owner))) {
        const path = join(this.home(owner), file)
        if ((await stat(path)).mtimeMs < before) await rm(path, { force: true })
      }
      await rmdir(this.home(owner)).catch(() => {})
    }
  }

  private tooLarge(): ColloquyError {
    return refused(`The file is too large: the limit is ${Math.floor(this.limit / 1024)} KB.`)
  }

  private home(owner: string): string {
    if (!NAME.test(owner)) throw refused(GONE)
    return join(this.path, owner)
  }

  private place(owner: string, id: string): string {
    if (!NAME.test(id)) throw refused(GONE)
    return join(this.home(owner), id)
  }
}

function refused(what: string): ColloquyError {
  return new ColloquyError('bad_message', what)
}
