import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { ColloquyError } from '@colloquy/core'

/** Tells this process from an earlier one of the same number. */
const SELF = randomUUID()

interface Holder {
  pid: number
  host: string
  process: string
}

/**
 * Takes a lock that one process at a time can hold, and gives what lets go of it. One whose holder was killed is taken over.
 *
 * @param file Appears while it is held, and names the holder.
 * @throws {@link ColloquyError} `bad_data` where another process holds it.
 */
export async function lock(file: string): Promise<() => Promise<void>> {
  const mine = `${file}-${randomUUID()}`
  await writeFile(mine, JSON.stringify({ pid: process.pid, host: hostname(), process: SELF } satisfies Holder))
  try {
    // A link appears with its content, or not at all where there is one already.
    while (!(await made(link(mine, file)))) {
      const holder = await read(file)
      if (holder && isAlive(holder)) {
        const message = `Process ${holder.pid} on ${holder.host} is at work here.`
        throw new ColloquyError('bad_data', message, `Wait for it; if there is no such process, remove ${file}.`)
      }
      await takeFromDead(file, `${mine}-old`, holder)
    }
  } finally {
    await rm(mine, { force: true }).catch(() => undefined)
  }
  await sweep(file)
  return () => rm(file, { force: true })
}

/** Two may find the same holder dead, and one of them be slow: what it took away is then the other's, and goes back. */
async function takeFromDead(file: string, aside: string, dead: Holder | undefined): Promise<void> {
  if (!(await made(rename(file, aside)))) return
  const taken = await read(aside)
  if (taken?.process !== dead?.process) await made(link(aside, file))
  await rm(aside, { force: true })
}

/** Removes what processes have left that were killed in the act of taking the lock. */
async function sweep(file: string): Promise<void> {
  const left = (await readdir(dirname(file))).filter((name) => name.startsWith(`${basename(file)}-`))
  for (const path of left.map((name) => join(dirname(file), name))) {
    const holder = await read(path)
    if (holder && !isAlive(holder)) await rm(path, { force: true })
  }
}

/** Undefined where there is none, or none that can be read. */
async function read(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}

function isAlive({ pid, host, process: self }: Holder): boolean {
  if (host !== hostname()) return true
  if (pid === process.pid) return self === SELF
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** False where something is in the way, or nothing there. */
async function made(step: Promise<void>): Promise<boolean> {
  try {
    await step
    return true
  } catch (error) {
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}
