import { spawn } from 'node:child_process'
import { cpSync, existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { classifier } from '@colloquy/core'
import { history, promote, rollBack } from '@colloquy/trainer'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { FIXTURE } from '../../core/nlu/fixture.js'
import { colloquy, contents, finished, folder, jsonl } from '../command.js'
import { atStep } from './faults.js'

/** A model folder by a name that stands in its card. */
function model(within: string, name: string): string {
  const path = join(within, name)
  cpSync(FIXTURE, path, { recursive: true })
  const card = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'))
  writeFileSync(join(path, 'model.json'), JSON.stringify({ ...card, created: name }))
  return path
}

const created = (path: string) => JSON.parse(readFileSync(join(path, 'model.json'), 'utf8')).created

/** What serves is whole, agrees with its history, and can be changed as ever. */
async function expectSound(home: string, served: string) {
  const before = await history(served)
  await promote(join(home, 'three'), served)
  expect(created(served)).toBe('three')
  const after = (await history(served)).map(({ created }) => created)
  expect(after.slice(0, before.length)).toEqual(before.map(({ created }) => created))
  expect(after.at(-1)).toBe('three')
  const { created: earlier } = await rollBack(served)
  expect([earlier, created(served)]).toEqual([after.at(-2), after.at(-2)])
  expect(contents(served)).toEqual(['head.safetensors', 'model.json', 'model.onnx', 'tokenizer.json'])
  const left = contents(`${served}-history`).filter((name) => /lock|pending/.test(name))
  expect(left).toEqual([])
}

/** One serves; two and three wait for it. */
async function begun() {
  const home = folder()
  const served = join(home, 'served')
  for (const name of ['one', 'two', 'three']) model(home, name)
  await promote(join(home, 'one'), served)
  return { home, served, two: join(home, 'two') }
}

describe('a promotion that does not get to its end', () => {
  it('leaves one of both models to serve, whenever it is killed', { timeout: 240_000 }, async () => {
    const script = fileURLToPath(new URL('promote-killed.ts', import.meta.url))
    let missing = 0
    const killedAt = async (step: number) => {
      const { home, served, two } = await begun()
      const child = spawn(process.execPath, ['--import', 'tsx', script, two, served, String(step)], { stdio: 'pipe' })
      const { code, stderr } = await finished(child)
      expect(code === 0 || stderr === '', stderr).toBe(true)
      if (!existsSync(served)) {
        missing++
        await expect(rollBack(served)).rejects.toThrow('the model before it serves again')
        expect(created(served)).toBe('one')
      } else expect(['one', 'two']).toContain(created(served))
      await expectSound(home, served)
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

  it('changes nothing where any step of it fails, as on a full disk', { timeout: 120_000 }, async () => {
    const { home, served, two } = await begun()
    for (let step = 1, struck = true; struck; step++) {
      struck = false
      const restore = atStep(step, 'before', (name) => {
        struck = true
        // To remove something needs no room.
        if (name === 'rm') return
        throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC' })
      })
      const outcome = await promote(two, served)
        .finally(restore)
        .catch((error) => error)
      if (!(outcome instanceof Error)) {
        expect(created(served)).toBe('two')
        await promote(join(home, 'one'), served)
        continue
      }
      expect(outcome).toMatchObject({ code: 'bad_data', message: expect.stringContaining('ENOSPC') })
      expect(created(served)).toBe('one')
    }
    await expectSound(home, served)
  })

  it('says so where its history cannot be written', async () => {
    const home = folder()
    model(home, 'one')
    writeFileSync(join(home, 'served-history'), 'a file')
    await expect(promote(join(home, 'one'), join(home, 'served'))).rejects.toMatchObject({ code: 'bad_data' })
    expect(contents(home)).not.toContain('served')
  })
})

describe('two promotions at once', () => {
  it('come one after the other, or the second is told to wait', async () => {
    const { home, served, two } = await begun()
    const ended = await Promise.allSettled([promote(two, served), promote(two, served), promote(two, served)])
    const refused = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    for (const error of refused)
      expect(error).toMatchObject({ code: 'bad_data', hint: expect.stringContaining('Wait') })
    expect((await history(served)).length).toBe(1 + 3 - refused.length)
    expect(created(served)).toBe('two')
    await expectSound(home, served)
  })

  it('take over the lock of a process that is gone, and wait for one elsewhere', async () => {
    const { served, two } = await begun()
    const lock = join(`${served}-history`, 'lock')
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), process: 'x' }))
    await promote(two, served)
    writeFileSync(lock, JSON.stringify({ pid: 1, host: 'another', process: 'x' }))
    await expect(promote(two, served)).rejects.toThrow('Process 1 on another')
    expect((await history(served)).length).toBe(2)
  })
})

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

  it('to a link replaces what it leads to, and leaves the link', async () => {
    const { home, served, two } = await begun()
    symlinkSync('served', join(home, 'link'))
    await promote(two, join(home, 'link'))
    expect(created(served)).toBe('two')
    await rollBack(join(home, 'link'))
    expect([created(served), lstatSync(join(home, 'link')).isSymbolicLink()]).toEqual(['one', true])
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
