import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { colloquy, contents, folder, jsonl } from './command.js'

const good = ['refund', 'track'].flatMap((intent) =>
  Array.from({ length: 4 }, (_, i) => ({ text: `${intent} ${i}`, intent })),
)

describe('colloquy train refuses', () => {
  it.concurrent.each<[string, string | Uint8Array | undefined, RegExp]>([
    ['a missing file', undefined, /data\.jsonl: there is no such file/],
    ['a broken line', `${jsonl(good)}{"text":`, /data\.jsonl:9: the line is not JSON/],
    ['an empty text', jsonl([...good, { text: ' ', intent: 'track' }]), /data\.jsonl:9: the text is empty/],
    [
      'an intent with one example',
      jsonl([...good, { text: 'x', intent: 'lone' }]),
      /"lone" has one example \(data\.jsonl:9\)/,
    ],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from(jsonl(good)), Buffer.from([0xc3, 0x28])]),
      /data\.jsonl:9: .*UTF-8/,
    ],
    ['a wrong type', jsonl([...good, { text: ['x'], intent: 'track' }]), /data\.jsonl:9: "text"/],
    [
      'conversations without a label',
      jsonl([{ id: 'c', turns: [{ role: 'customer', text: 'hi' }] }]),
      /no customer turn carries an intent/,
    ],
  ])('%s: one clear error, exit code 2, nothing written', async (_, content, message) => {
    const dir = folder()
    if (content !== undefined) writeFileSync(join(dir, 'data.jsonl'), content)
    const before = contents(dir)
    const { code, stdout, stderr } = await colloquy(['train', '--data', 'data.jsonl', '--out', 'deep/model'], dir)
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect([code, stdout]).toEqual([2, ''])
    expect(contents(dir)).toEqual(before)
  })

  it.concurrent('to replace a folder that is no model', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'data.jsonl'), jsonl(good))
    mkdirSync(join(dir, 'photos'))
    writeFileSync(join(dir, 'photos', 'cat.jpg'), 'meow')
    const { code, stderr } = await colloquy(['train', '--data', 'data.jsonl', '--out', 'photos'], dir)
    expect(stderr).toMatch(/photos holds cat\.jpg, which is no part of a model/)
    expect(code).toBe(2)
    expect(contents(dir)).toEqual(['data.jsonl', 'photos', 'photos/cat.jpg'])
  })

  it.concurrent('an interpreter that is none, and leaves nothing', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'data.jsonl'), jsonl(good))
    const args = ['train', '--data', 'data.jsonl', '--out', 'deep/model', '--python', 'nowhere/python']
    const { code, stderr } = await colloquy(args, dir)
    expect(stderr).toMatch(/nowhere\/python is not a Python interpreter/)
    expect(code).toBe(2)
    expect(contents(dir)).toEqual(['data.jsonl'])
  })

  it.concurrent.each([
    ['--epochs', '0'],
    ['--seed', '1.5'],
    ['--lr', 'fast'],
    ['--vocab', '-1'],
  ])('%s %s', async (flag, value) => {
    const { code, stderr } = await colloquy(['train', '--data', 'a', '--out', 'b', flag, value], folder())
    expect(stderr).toMatch(new RegExp(`option '${flag} .*' argument '${value}' is invalid`))
    expect(code).toBe(2)
  })
})

describe('colloquy train, when its Python half ends early,', () => {
  /** An interpreter that has every package and, asked to train, does what `script` says. */
  const trainWith = async (script: string) => {
    const dir = folder()
    writeFileSync(join(dir, 'data.jsonl'), jsonl(good))
    const python = join(dir, 'python')
    writeFileSync(python, `#!/bin/sh\ncase "$1$2" in -c*platform*) echo 3.12.1;; -m*) ${script};; esac\n`)
    chmodSync(python, 0o755)
    const ended = await colloquy(['train', '--data', 'data.jsonl', '--out', 'model', '--python', './python'], dir)
    expect(contents(dir)).toEqual(['data.jsonl', 'python'])
    return ended
  }

  it.concurrent('passes on what it says a user can put right', async () => {
    const event = { event: 'error', code: 'bad_base', message: 'There is no folder x.', hint: 'Give another.' }
    const { code, stderr } = await trainWith(`echo '${JSON.stringify(event)}'; exit 2`)
    expect(stderr).toContain('colloquy: There is no folder x. Give another.')
    expect(code).toBe(2)
  })

  it.concurrent('shows its last words where it crashes', async () => {
    const { code, stderr } = await trainWith('echo "ImportError: no libcuda" >&2; exit 1')
    expect(stderr).toMatch(/ended early \(exit code 1\)[\s\S]*ImportError: no libcuda/)
    expect(code).toBe(1)
  })

  it.concurrent('says which signal killed it', async () => {
    const { code, stderr } = await trainWith('kill -9 $$')
    expect(stderr).toContain('ended early (SIGKILL)')
    expect(code).toBe(1)
  })

  it.concurrent('does not take silence for success', async () => {
    const { code, stderr } = await trainWith('echo done')
    expect(stderr).toMatch(/ended early \(exit code 0\)[\s\S]*done/)
    expect(code).toBe(1)
  })
})

describe('colloquy evaluate refuses', () => {
  it.concurrent.each<[string, string[], RegExp]>([
    ['a folder that is no model', ['--data', 'data.jsonl'], /no such folder/],
    ['a part that the data has not got', ['--data', 'data.jsonl', '--split', 'test'], /none is of the split "test"/],
    [
      'a part of no known name',
      ['--data', 'data.jsonl', '--split', 'nightly'],
      /Allowed choices are train, validation, test/,
    ],
    ['a missing file', ['--data', 'none.jsonl'], /none\.jsonl: there is no such file/],
  ])('%s', async (_, args, message) => {
    const dir = folder()
    writeFileSync(join(dir, 'data.jsonl'), jsonl(good))
    const { code, stdout, stderr } = await colloquy(['evaluate', '--model', 'model', ...args], dir)
    expect(stderr).toMatch(message)
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('colloquy --help', () => {
  it.concurrent.each([
    [[], /From conversations to a better bot/],
    [['train'], /\$ colloquy train --data \S+ --out/],
    [['evaluate'], /\$ colloquy evaluate --model/],
    [['import'], /\$ colloquy import --store/],
  ])('%s teaches with an example', async (command, example) => {
    const { code, stdout } = await colloquy([...command, '--help'], folder())
    expect(stdout).toMatch(example)
    expect(code).toBe(0)
  })

  it.concurrent('tells the defaults that the recipe has', async () => {
    const settings = readFileSync(
      new URL('../../packages/trainer/python/colloquy_trainer/settings.py', import.meta.url),
      'utf8',
    )
    const help = (await colloquy(['train', '--help'], folder())).stdout.replace(/\s+/g, ' ')
    for (const name of ['base', 'vocab', 'epochs', 'seed', 'max_tokens', 'batch', 'lr']) {
      const [, value = ''] = new RegExp(`^    ${name}: .*setting\\(\\s*([^,]+),`, 'm').exec(settings) ?? []
      const told = new RegExp(`--${name.replace('_', '-')} <[^(]*\\(default: ([^)]+)\\)`).exec(help)?.[1]
      expect(told, name).toBe(name === 'base' ? value.replaceAll('"', '') : String(Number(value)))
    }
  })
})
