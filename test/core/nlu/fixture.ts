import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { type Classification, type Classifier, type ClassifierOptions, classifier } from '@colloquy/core'
import { onTestFinished } from 'vitest'

/** A model folder of five intents that fixture/make.py made. */
export const FIXTURE = fileURLToPath(new URL('fixture', import.meta.url))

/** What the trainer's Python makes of odd texts, from their token ids to the verdict. */
export const expected: ({ text: string; ids: number[]; embedding: number[] } & Omit<Classification, 'ranking'>)[] =
  JSON.parse(readFileSync(join(FIXTURE, 'expected.json'), 'utf8'))

/** A copy of the fixture that a test may damage. */
export function copyFixture(): string {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-model-'))
  cpSync(FIXTURE, folder, { recursive: true })
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The threads that this process starts from now to the end of the test; `onStart` sees each before it runs. */
export function watchThreads(onStart: (thread: Worker, index: number) => void = () => undefined): Worker[] {
  const threads: Worker[] = []
  const listener = (thread: Worker) => onStart(thread, threads.push(thread) - 1)
  process.on('worker', listener)
  onTestFinished(() => void process.off('worker', listener))
  return threads
}

/** A classifier that is closed at the end of the test; unless told otherwise it asks its model every time. */
export async function load(workers: number, folder = FIXTURE, options: ClassifierOptions = {}): Promise<Classifier> {
  const nlu = await classifier(folder, { workers, cache: 0, ...options })
  onTestFinished(() => nlu.close())
  return nlu
}
