import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { RemoteModule } from './remote.js'
import type { Talk } from './talk.js'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))

/** A process that is killed in the middle of a conversation, and its successor. */
export function crash(talk: Talk, { place }: RemoteModule): void {
  async function start(): Promise<ChildProcess> {
    const given = [fileURLToPath(place), JSON.stringify(talk.remote.options), talk.database]
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, ...given], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
      if (line === 'ready') return child
    throw new Error('The bot did not start.')
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  it('goes on where it was when its process is killed, and handles once what was sent meanwhile', async () => {
    let child = await start()
    try {
      await talk.remote.write('A refund for order 123456, please.')
      await talk.sees('What went wrong?')
      await kill(child)
      // Nobody is there to acknowledge it.
      const meanwhile = talk.remote.write('late').catch(() => {})
      child = await start()
      await talk.remote.redeliver()
      await meanwhile
      await talk.sees('Refund order 123456?')
      await talk.remote.write('yes')
      await talk.sees('as it was late')
      expect(await talk.count('Refund order 123456?')).toBe(1)
    } finally {
      await kill(child)
    }
  })
}
