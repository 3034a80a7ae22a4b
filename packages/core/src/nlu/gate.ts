const FREE = 0
const INSIDE = 1
const SHUT = 2

/** Longer than any model takes to load or to run. */
const PATIENCE_MS = 2000

/**
 * What a thread passes before it enters native code, and what the process shuts before it exits: onnxruntime-node aborts
 * the whole process (exit code 134) when Node stops a thread that is inside its code.
 */
export class Gate {
  /** To be shared with the thread. A new gate has the thread inside: it is loading. */
  readonly memory: SharedArrayBuffer
  readonly #state: Int32Array

  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    this.#state = new Int32Array(this.memory)
    if (!memory) this.#state[0] = INSIDE
  }

  /** False when the gate is shut. */
  enter(): boolean {
    return Atomics.compareExchange(this.#state, 0, FREE, INSIDE) === FREE
  }

  leave(): void {
    Atomics.store(this.#state, 0, FREE)
    Atomics.notify(this.#state, 0)
  }

  /** Blocks until the thread is outside, and keeps it there. */
  shut(): void {
    while (Atomics.compareExchange(this.#state, 0, FREE, SHUT) === INSIDE) {
      if (Atomics.wait(this.#state, 0, INSIDE, PATIENCE_MS) === 'timed-out') return
    }
  }
}

const shutting = new Set<Gate>()

function shutAll(): void {
  for (const gate of shutting) gate.shut()
}

/** Shuts the gate when the process exits, unless the function that it gives is called before. */
export function shutAtExit(gate: Gate): () => void {
  if (shutting.size === 0) process.on('exit', shutAll)
  shutting.add(gate)
  return () => {
    shutting.delete(gate)
    if (shutting.size === 0) process.off('exit', shutAll)
  }
}
