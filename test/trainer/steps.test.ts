import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { trainerPython } from './environment.js'

const python = await trainerPython()
const HERE = fileURLToPath(new URL('python', import.meta.url))
const SOURCE = fileURLToPath(new URL('../../packages/trainer/python', import.meta.url))

it.skipIf(!python)(
  'the training steps hold what test/trainer/python claims of them',
  { timeout: 300_000 },
  async () => {
    const env = { ...process.env, PYTHONPATH: SOURCE }
    const tests = ['-m', 'unittest', 'discover', '-v', HERE]
    const { stderr } = await promisify(execFile)(python ?? '', tests, { env })
    expect(stderr).toMatch(/Ran \d\d tests[\s\S]*OK/)
  },
)
