import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { train } from '@colloquy/trainer'
import { describe, expect, it } from 'vitest'
import { FIXTURE } from '../core/nlu/fixture.js'
import { contents, finished, folder, jsonl } from './command.js'

const SCRIPT = fileURLToPath(new URL('train-killed.ts', import.meta.url))
const said = (intent: string, texts: string[]) => texts.map((text) => ({ text, intent }))
const DATA = jsonl([
  ...said('greet', ['hello', 'hi there', 'good morning', 'hey you']),
  ...said('request_refund', ['I want a refund', 'money back please', 'refund my order', 'give me my money back']),
])

const created = (model: string) => JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')).created

/** A folder with data and a model that a training will replace. */
function begun() {
  const home = folder()
  const [data, out] = [join(home, 'data.jsonl'), join(home, 'model')]
  writeFileSync(data, DATA)
  mkdirSync(out)
  for (const name of ['model.onnx', 'head.safetensors', 'tokenizer.json', 'model.json'])
    cpSync(join(FIXTURE, name), join(out, name))
  const card = JSON.parse(readFileSync(join(out, 'model.json'), 'utf8'))
  writeFileSync(join(out, 'model.json'), JSON.stringify({ ...card, created: 'before' }))
  return { home, data, out }
}

describe('a model that a training replaces', () => {
  it('is whole or comes back with the next training, whenever it is killed', { timeout: 240_000 }, async () => {
    let missing = 0
    const killedAt = async (step: number) => {
      const { home, data, out } = begun()
      const args = ['--import', 'tsx', SCRIPT, FIXTURE, data, out, String(step)]
      const { code, stderr } = await finished(spawn(process.execPath, args, { stdio: 'pipe' }))
      expect(code === 0 || stderr === '', stderr).toBe(true)
      const options = { init: FIXTURE, data: [data], out, headOnly: true }
      const host = { say: () => {}, onEvent: () => {} }
      if (!existsSync(out)) {
        missing++
        await expect(train(options, { ...host, signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
        expect(created(out)).toBe('before')
      }
      await train(options, { ...host, signal: new AbortController().signal })
      expect(created(out)).not.toBe('before')
      expect(contents(out)).toContain('report.html')
      expect(contents(home).filter((name) => name.startsWith('model-history'))).toEqual([])
      return code === null
    }
    let step = 1
    for (let killed = true; killed; step += 4) {
      killed = (await Promise.all([0, 1, 2, 3].map((n) => killedAt(step + n)))).every(Boolean)
    }
    expect(step).toBeGreaterThan(12)
    // Between the two renames.
    expect(missing).toBe(1)
  })
})
