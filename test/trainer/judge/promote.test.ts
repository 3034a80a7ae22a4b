import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { classifier } from '@colloquy/core'
import { history, promote, rollBack } from '@colloquy/trainer'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { FIXTURE } from '../../core/nlu/fixture.js'
import { colloquy, contents, folder, jsonl } from '../command.js'

/** A model folder by a name that stands in its card. */
function model(within: string, name: string): string {
  const path = join(within, name)
  cpSync(FIXTURE, path, { recursive: true })
  const card = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'))
  writeFileSync(join(path, 'model.json'), JSON.stringify({ ...card, created: name }))
  return path
}

const created = (path: string) => JSON.parse(readFileSync(join(path, 'model.json'), 'utf8')).created

describe('a promotion', () => {
  it('puts the candidate in its place, keeps the one before, and can be taken back', async () => {
    const home = folder()
    const served = join(home, 'served')
    for (const name of ['one', 'two', 'three']) await promote(model(home, name), served)
    expect(created(served)).toBe('three')
    await rollBack(served)
    expect(created(served)).toBe('two')
    await rollBack(served)
    expect(created(served)).toBe('one')
    await expect(rollBack(served)).rejects.toMatchObject({ code: 'bad_data' })
    expect((await history(served)).map(({ action, created }) => `${action} ${created}`)).toEqual([
      'promote one',
      'promote two',
      'promote three',
      'roll back two',
      'roll back one',
    ])
  })

  it('of a model that cannot serve changes nothing', async () => {
    const home = folder()
    const served = join(home, 'served')
    await promote(model(home, 'good'), served)
    const bad = model(home, 'bad')
    writeFileSync(join(bad, 'golden.jsonl'), jsonl([{ text: 'hello', intent: 'request_refund' }]))
    await expect(promote(bad, served)).rejects.toThrow('golden examples')
    await expect(promote(served, served)).rejects.toMatchObject({ code: 'bad_data' })
    expect(created(served)).toBe('good')
    expect(contents(home).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('reaches a classifier that serves the folder', async () => {
    const home = folder()
    const served = join(home, 'served')
    await promote(model(home, 'one'), served)
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    const nlu = await classifier(served, { workers: 1, log })
    onTestFinished(() => nlu.close())
    const { model: before } = await nlu.classify('hello')
    await promote(model(home, 'two'), served)
    await vi.waitFor(() => expect(lines.join('')).toContain('has taken over'), { timeout: 20_000 })
    expect((await nlu.classify('hello')).model).not.toBe(before)
  })

  it('and a comparison are commands, whose exit code a pipeline can act on', async () => {
    const home = folder()
    model(home, 'old')
    const next = model(home, 'next')
    const card = JSON.parse(readFileSync(join(next, 'model.json'), 'utf8'))
    const trade: Record<string, string> = { greet: 'request_refund', request_refund: 'greet' }
    card.labels = card.labels.map((label: string) => trade[label] ?? label)
    writeFileSync(join(next, 'model.json'), JSON.stringify(card))
    const rows = ['hello', 'hi', 'hello there', 'hey', 'good morning', 'hi bot'].map((text) => ({
      text,
      intent: 'greet',
    }))
    writeFileSync(join(home, 'test.jsonl'), jsonl(rows))
    const worse = await colloquy(['compare', 'old', 'next', '--data', 'test.jsonl', '--critical', 'greet'], home)
    expect(worse.code).toBe(3)
    expect(worse.stdout).toContain('The critical intent greet loses')
    const better = await colloquy(['compare', 'next', 'old', '--data', 'test.jsonl', '--json'], home)
    expect(better.code).toBe(0)
    expect(JSON.parse(better.stdout)).toMatchObject({ objections: [], newlyWrong: [] })
    expect((await colloquy(['promote', 'old', '--to', 'served'], home)).code).toBe(0)
    expect((await colloquy(['promote', 'next', '--to', 'served'], home)).code).toBe(0)
    expect((await colloquy(['promote', '--back', '--to', 'served'], home)).stdout).toContain(
      'roll back: the model of old',
    )
    expect((await colloquy(['promote', '--to', 'served'], home)).code).toBe(2)
  })
})
