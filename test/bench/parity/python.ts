import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { findPython, PYTHON_SOURCE } from '../../../packages/trainer/dist/python.js'

/** What a Python program with the trainer's code says to each text: it reads them as lines of JSON, and writes a line to each. */
export async function askPython(program: string, options: string[], texts: string[]): Promise<string[]> {
  const python = await findPython({
    python: process.env.COLLOQUY_PYTHON,
    signal: new AbortController().signal,
    say: console.error,
  })
  const child = spawn(python, ['-c', program, ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONPATH: PYTHON_SOURCE },
  })
  const ended = once(child, 'close')
  // A program that ends early does not read all: its exit code tells of it.
  child.stdin.on('error', () => undefined).end(texts.map((text) => `${JSON.stringify(text)}\n`).join(''))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) lines.push(line)
  await ended
  if (child.exitCode !== 0 || lines.length !== texts.length) {
    throw new Error(`Python ended with ${child.exitCode} and ${lines.length} of ${texts.length} answers.`)
  }
  return lines
}
