// node promote-killed.ts CANDIDATE SERVED STEP: promotes, and is killed after that step.
import { promote } from '@colloquy/trainer'
import { atStep } from './faults.js'

const [candidate = '', served = '', step] = process.argv.slice(2)
atStep(Number(step), 'after', () => process.kill(process.pid, 'SIGKILL'))
await promote(candidate, served)
