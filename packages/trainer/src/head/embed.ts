import type { Encoder } from '@colloquy/core'

/** Nobody waits for a single text here: a machine that is busy with other things may take its time, in seconds. */
export const PATIENCE = 600

/** Texts that are embedded together: enough to keep the threads busy. */
const TOGETHER = 64

/** The embedding of each text, of unit length. */
export async function embedAll(
  encoder: Pick<Encoder, 'embed'>,
  texts: readonly string[],
  signal: AbortSignal,
  onEach: (done: number) => void = () => {},
): Promise<Float32Array[]> {
  const found: Float32Array[] = []
  for (let start = 0; start < texts.length; start += TOGETHER) {
    signal.throwIfAborted()
    found.push(...(await Promise.all(texts.slice(start, start + TOGETHER).map((text) => encoder.embed(text)))))
    onEach(found.length)
  }
  return found
}
