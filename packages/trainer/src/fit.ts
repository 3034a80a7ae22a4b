import { ColloquyError } from '@colloquy/core'
import { z } from 'zod'
import { run } from './process.js'
import { PYTHON_SOURCE } from './python.js'

const trainerEvent = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('start'),
    device: z.string(),
    train: z.int(),
    validation: z.int(),
    labels: z.int(),
    epochs: z.int(),
    steps: z.int(),
  }),
  z.object({ event: z.literal('step'), epoch: z.int(), step: z.int(), steps: z.int(), loss: z.number() }),
  z.object({ event: z.literal('epoch'), epoch: z.int(), epochs: z.int(), loss: z.number(), accuracy: z.number() }),
  z.object({ event: z.literal('memory'), texts: z.int() }),
  z.object({ event: z.literal('stage'), stage: z.enum(['export', 'quantize', 'calibrate']) }),
  z.object({ event: z.literal('done'), seconds: z.number() }),
  z.object({ event: z.literal('error'), code: z.string(), message: z.string(), hint: z.string() }),
])

/** What the Python half reports while it works: a line of JSON each on its standard output. */
export type TrainerEvent = z.infer<typeof trainerEvent>

/**
 * Runs the Python half, `python -m colloquy_trainer` with `args`, until its model folder is written.
 *
 * @throws {@link ColloquyError} `bad_data` for what it says a user can put right; an Error with the last lines of its
 * standard error where it dies.
 */
export async function fit(
  python: string,
  args: string[],
  { signal, onEvent }: { signal: AbortSignal; onEvent: (event: TrainerEvent) => void },
): Promise<void> {
  let last: TrainerEvent | undefined
  const strange: string[] = []
  const onLine = (line: string) => {
    const event = parse(line)
    if (event === undefined) return void strange.push(line)
    last = event
    onEvent(event)
  }
  const env = { ...process.env, PYTHONPATH: PYTHON_SOURCE, PYTHONUNBUFFERED: '1', TOKENIZERS_PARALLELISM: 'false' }
  const { code, signal: killer, tail } = await run(python, ['-m', 'colloquy_trainer', ...args], { signal, env, onLine })
  if (last?.event === 'error') throw new ColloquyError('bad_data', last.message, last.hint)
  const said = [...strange, ...tail].join('\n')
  // argparse ends so, having said on standard error which flag it does not know.
  if (code === 2) throw new ColloquyError('bad_data', said)
  if (code !== 0 || last?.event !== 'done') {
    throw new Error(`Training ended early (${killer ?? `exit code ${code}`}). The last that Python said:\n${said}`)
  }
}

function parse(line: string): TrainerEvent | undefined {
  try {
    return trainerEvent.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
