import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readExamples } from '@colloquy/trainer'
import { beforeAll, describe, expect, it } from 'vitest'
import { colloquy, contents, finished, folder, jsonl, start } from './command.js'
import { trainerPython } from './environment.js'

const python = await trainerPython()
const BANK = fileURLToPath(new URL('../../examples/bank/banking77.jsonl.gz', import.meta.url))
const MODEL = fileURLToPath(new URL('../../examples/bank/model', import.meta.url))
const INTENTS = ['change_pin', 'exchange_rate']

describe('training', { timeout: 240_000 }, () => {
  const dir = folder()
  const train = (out: string, epochs: number, interpreter = python ?? '') => {
    const settings = ['--epochs', String(epochs), '--vocab', '3000', '--python', interpreter]
    return ['train', '--data', 'bank.jsonl', '--out', out, ...settings, '--', '--device', 'cpu']
  }

  beforeAll(async () => {
    const seen = new Map<string, number>()
    const bank = (await readExamples([BANK])).filter(({ intent, split }) => {
      const count = (seen.get(intent) ?? 0) + 1
      seen.set(intent, count)
      return INTENTS.includes(intent) && split === 'train' && count <= 16
    })
    writeFileSync(join(dir, 'bank.jsonl'), jsonl(bank.map(({ text, intent }) => ({ text, intent }))))
  })

  it.skipIf(!python)(
    'whose Python is killed says so, leaves nothing behind, and starts clean the next time',
    async () => {
      const before = contents(dir)
      const child = start(train('killed', 500), dir)
      child.stderr?.on('data', (text) => {
        if (/Training on cpu/.test(text)) for (const id of childrenOf(child.pid)) process.kill(id, 'SIGKILL')
      })
      const { code, stderr } = await finished(child)
      expect(stderr).toMatch(/Training ended early \(SIGKILL\)/)
      expect(code).toBe(1)
      expect(contents(dir)).toEqual(before)
    },
  )

  it.skipIf(!python)('on a disk that is full says what to do, and leaves nothing behind', async () => {
    // A limit on the size of a file stands for the disk: what writes beyond it is refused in the same way.
    const small = join(dir, 'small-disk')
    writeFileSync(small, `#!/bin/sh\nulimit -f 2048\nexec "${python}" "$@"\n`)
    chmodSync(small, 0o755)
    const before = contents(dir)
    const { code, stderr } = await colloquy(train('full', 1, small), dir)
    expect(stderr).toMatch(/cannot be written: .*too large[\s\S]*Free some space/i)
    expect(code).toBe(2)
    expect(contents(dir)).toEqual(before)
  })

  it.skipIf(!python)('is done again by reproduce, which refuses other data', async () => {
    const first = await colloquy(train('first', 1), dir)
    expect(first.code, first.stderr).toBe(0)
    const again = ['reproduce', 'first', '--data', 'bank.jsonl', '--out', 'again', '--python', python ?? '']
    const { code, stdout, stderr } = await colloquy([...again, '--', '--device', 'cpu'], dir)
    expect(stdout, stderr).toMatch(/Accuracy on validation: [\d.]+ % then, [\d.]+ % now/)
    expect(code).toBe(0)
    const [one, other] = ['first', 'again'].map((name) =>
      JSON.parse(readFileSync(join(dir, name, 'model.json'), 'utf8')),
    )
    expect(other).toMatchObject({ recipe: one.recipe, data: one.data, labels: one.labels, base: one.base })

    writeFileSync(
      join(dir, 'other.jsonl'),
      `${readFileSync(join(dir, 'bank.jsonl'), 'utf8')}{"text":"x","intent":"change_pin"}\n`,
    )
    const refused = await colloquy(again.with(3, 'other.jsonl').with(5, 'other'), dir)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/not the data of first.*hash/) })
  })

  it('with a label that only the test part has learns the others, and evaluate names the one that it does not know', async () => {
    const place = folder()
    const test = { text: 'Where is the nearest branch?', intent: 'find_branch', split: 'test' }
    writeFileSync(join(place, 'bank.jsonl'), readFileSync(join(dir, 'bank.jsonl'), 'utf8') + jsonl([test]))
    const args = ['train', '--head-only', '--init', MODEL, '--data', 'bank.jsonl', '--out', 'model']
    expect((await colloquy(args, place)).code).toBe(0)
    const measured = await colloquy(['evaluate', '--model', 'model', '--data', 'bank.jsonl', '--split', 'test'], place)
    expect(measured).toMatchObject({ code: 2, stderr: expect.stringMatching(/bank\.jsonl:\d+: .*find_branch.*"oos"/) })
  })
})

/** The processes that a process has started, where the system shows them. */
function childrenOf(id: number | undefined): number[] {
  return readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim().split(' ').map(Number)
}
