import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { Gate } from '../../../packages/core/dist/nlu/gate.js'

const GATE = new URL('../../../packages/core/dist/nlu/gate.js', import.meta.url).href

/** Loads for a while, then goes in and out until the gate is shut. `seen` holds: loaded, inside. */
const busy = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(${JSON.stringify(GATE)}).then(({ Gate }) => {
    const gate = new Gate(workerData.gate)
    const seen = new Int32Array(workerData.seen)
    const spin = () => { for (let i = 0; i < 1e7; i++); }
    spin()
    Atomics.store(seen, 0, 1)
    gate.leave()
    parentPort.postMessage('loaded')
    while (gate.enter()) {
      Atomics.store(seen, 1, 1)
      spin()
      Atomics.store(seen, 1, 0)
      gate.leave()
    }
    parentPort.postMessage('refused')
  })`

function start() {
  const gate = new Gate()
  const seen = new SharedArrayBuffer(8)
  const thread = new Worker(busy, { eval: true, workerData: { gate: gate.memory, seen } })
  return { gate, thread, seen: new Int32Array(seen) }
}

describe('a gate', () => {
  it('shuts only when the thread is outside, and keeps it there', async () => {
    const { gate, thread, seen } = start()
    await once(thread, 'message')
    while (seen[1] === 0);
    gate.shut()
    expect(seen[1]).toBe(0)
    expect(await once(thread, 'message')).toEqual(['refused'])
    expect(seen[1]).toBe(0)
    await thread.terminate()
  })

  it('waits for a thread that loads', async () => {
    const { gate, thread, seen } = start()
    expect(seen[0]).toBe(0)
    gate.shut()
    expect(seen[0]).toBe(1)
    await thread.terminate()
  })

  it('is shut when the process exits', () => {
    const program = `
      import { Worker } from 'node:worker_threads'
      import { Gate, shutAtExit } from ${JSON.stringify(GATE)}
      const gate = new Gate()
      const seen = new SharedArrayBuffer(8)
      shutAtExit(gate)
      process.on('exit', () => console.log([...new Int32Array(seen)].join()))
      const thread = new Worker(${JSON.stringify(busy)}, {
        eval: true, execArgv: [], workerData: { gate: gate.memory, seen },
      })
      thread.on('message', () => process.exit(3))`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    })
    expect({ status, stdout, stderr }).toEqual({ status: 3, stdout: '1,0\n', stderr: '' })
  })
})
