import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { classifier } from '@colloquy/core'
import { describe, expect, it } from 'vitest'
import { FIXTURE } from '../core/nlu/fixture.js'
import { colloquy, finished, folder, jsonl, start } from './command.js'

describe('colloquy ask', { timeout: 60_000 }, () => {
  it('tells intents, scores and words, in plain text where there is no terminal', async () => {
    const { code, stdout, stderr } = await colloquy(['ask', 'I want a refund', '--model', FIXTURE], folder())
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^request_refund +\d+\.\d % {2}█/)
    expect(stdout).toContain('In scope: “request_refund” covers it')
    expect(stdout).toMatch(/ {2}refund +[+−]\d+\.\d\d/)
    expect(stdout).not.toContain('\u001b')
  })

  it('finds the nearest examples of the data, and none of its test part', async () => {
    const dir = folder()
    const rows = [
      { text: 'give me a refund', intent: 'request_refund' },
      { text: 'money back', intent: 'request_refund' },
      { text: 'I want a refund!', intent: 'request_refund', split: 'test' },
      { text: 'I want a refund', intent: 'unheard_of' },
    ]
    writeFileSync(join(dir, 'data.jsonl'), jsonl(rows))
    const args = ['ask', 'I want a refund', '--model', FIXTURE, '--data', 'data.jsonl', '--json']
    const { near, text, intent } = JSON.parse((await colloquy(args, dir)).stdout)
    expect([text, intent]).toEqual(['I want a refund', 'request_refund'])
    expect(near.map((one: { place: string }) => one.place).sort()).toEqual(['data.jsonl:1', 'data.jsonl:2'])
    expect(near[0].likeness).toBeGreaterThanOrEqual(near[1].likeness)
    const model = await classifier(FIXTURE, { workers: 1, watch: false })
    const [a, b] = await Promise.all([model.embed(text), model.embed(near[0].text)])
    await model.close()
    expect(near[0].likeness).toBeCloseTo(
      a.reduce((sum, value, i) => sum + value * (b[i] as number), 0),
      5,
    )
  })

  it('answers one line after another from a pipe', async () => {
    const child = start(['ask', '--model', FIXTURE, '--json'], folder())
    child.stdin?.end('hello\n\nI want a refund\n')
    const { code, stdout } = await finished(child)
    const said = stdout.trim().split('\n')
    expect(said.map((line) => JSON.parse(line).intent)).toEqual(['greet', 'request_refund'])
    expect(code).toBe(0)
  })

  it('says what is wrong with a folder that is no model', async () => {
    const { code, stderr } = await colloquy(['ask', 'hello', '--model', 'nowhere'], folder())
    expect(stderr).toMatch(/nowhere cannot be used: there is no such folder/)
    expect(code).toBe(2)
  })
})
