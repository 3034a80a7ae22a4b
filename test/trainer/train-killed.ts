// node train-killed.ts INIT DATA OUT STEP: fits a head, and is killed after that step.
import { train } from '@colloquy/trainer'
import { atStep } from './judge/faults.js'

const [init = '', data = '', out = '', step] = process.argv.slice(2)
atStep(Number(step), 'after', () => process.kill(process.pid, 'SIGKILL'))
const signal = new AbortController().signal
await train({ init, data: [data], out, headOnly: true }, { signal, say: () => {}, onEvent: () => {} })
