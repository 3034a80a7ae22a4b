import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const BIN = fileURLToPath(new URL('../../packages/trainer/bin/colloquy.js', import.meta.url))

export interface Finished {
  code: number | null
  stdout: string
  stderr: string
}

/** Starts the `colloquy` command as a user would, in `cwd`. */
export function start(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { cwd, env: { ...process.env, ...env }, stdio: 'pipe' })
}

/** What a command said, once it has ended. */
export async function finished(child: ChildProcess): Promise<Finished> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (data) => {
    stdout += data
  })
  child.stderr?.on('data', (data) => {
    stderr += data
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr }
}

export const colloquy = (args: string[], cwd: string, env?: NodeJS.ProcessEnv) => finished(start(args, cwd, env))

const made: string[] = []
afterAll(() => {
  for (const one of made) rmSync(one, { recursive: true, force: true })
})

/** An empty folder that goes away with the tests of its file. */
export function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'colloquy-')))
  made.push(path)
  return path
}

/** Every file and folder in a folder, hidden ones too. */
export function contents(of: string): string[] {
  return readdirSync(of, { recursive: true, encoding: 'utf8' }).sort()
}

/** Rows as a file of JSONL. */
export function jsonl(rows: unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
