import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** How long a child may take to end once asked, in milliseconds. */
const GRACE = 5000

/** How many of the last lines of standard error are kept. */
const TAIL = 20

/** How a child ended. */
export interface Ended {
  /** Null where a signal ended it. */
  code: number | null
  signal: NodeJS.Signals | null
  /** The last lines that it wrote to standard error. */
  tail: string[]
}

/**
 * Runs a program to its end. `onLine` receives each line of its standard output. When `signal` aborts, the program and
 * all that it started are ended before the promise rejects with the signal's reason.
 *
 * @throws the reason why the program could not be started, such as `ENOENT`.
 */
export async function run(
  command: string,
  args: string[],
  options: { signal: AbortSignal; env?: NodeJS.ProcessEnv; onLine?: (line: string) => void },
): Promise<Ended> {
  options.signal.throwIfAborted()
  // A group of its own: Ctrl-C in a terminal reaches us alone, and we end all of the group.
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: options.env ?? process.env,
  })
  const tail: string[] = []
  createInterface(child.stderr).on('line', (line) => {
    tail.push(line)
    if (tail.length > TAIL) tail.shift()
  })
  createInterface(child.stdout).on('line', (line) => options.onLine?.(line))

  const end = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      // It has ended already.
    }
  }
  let lastResort: NodeJS.Timeout | undefined
  const stop = () => {
    end('SIGTERM')
    lastResort = setTimeout(() => end('SIGKILL'), GRACE)
  }
  options.signal.addEventListener('abort', stop)
  try {
    const ended = await new Promise<Ended>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve({ code, signal, tail }))
    })
    options.signal.throwIfAborted()
    return ended
  } finally {
    clearTimeout(lastResort)
    options.signal.removeEventListener('abort', stop)
  }
}
