import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { colloquy, contents, folder } from './command.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A folder with a model of these labels. */
function model(labels: string[]): string {
  const dir = folder()
  const card = JSON.parse(readFileSync(join(ROOT, 'examples/bank/model/model.json'), 'utf8'))
  const outOfScope = { ...card.outOfScope, thresholds: labels.map(() => -1) }
  mkdirSync(join(dir, 'model'))
  writeFileSync(join(dir, 'model', 'model.json'), JSON.stringify({ ...card, labels, outOfScope }))
  return dir
}

const types = (dir: string, ...args: string[]) => colloquy(['types', '--model', 'model', ...args], dir)

/** What the compiler says of a file beside the types. */
function compile(dir: string, code: string): string {
  writeFileSync(
    join(dir, 'bot.ts'),
    `import { dialogsOf } from '@colloquy/core'\nimport type { Intent } from './intents.js'\n${code}`,
  )
  const options = {
    compilerOptions: {
      strict: true,
      module: 'nodenext',
      target: 'es2022',
      noEmit: true,
      skipLibCheck: true,
      types: [],
    },
  }
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(options))
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}')
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], {
      cwd: dir,
      stdio: 'pipe',
    })
    return ''
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout)
  }
}

describe('colloquy types', () => {
  it('writes the labels of a model as a type under which a misspelt intent does not compile', async () => {
    const dir = model(['refund', "where's my card", 'a "quoted" \\ one'])
    expect(await types(dir)).toMatchObject({ code: 0, stdout: 'intents.d.ts: 3 intents.\n', stderr: '' })
    const said = compile(
      dir,
      `const { dialog, answers } = dialogsOf<Intent>()
       dialog({ name: 'right', start: 'refund', run: () => {} })
       answers({ "where's my card": 'In the post.', 'a "quoted" \\\\ one': 'Yes.' })
       dialog({ name: 'wrong', start: 'refnud', run: () => {} })
       answers({ refnud: 'No.' })`,
    )
    expect(
      said
        .split('\n')
        .filter((line) => line.includes('error'))
        .map((line) => line.slice(0, 10)),
    ).toEqual(['bot.ts(6,3', 'bot.ts(7,1'])
    expect(said).toContain(`'"refnud"' is not assignable to type`)
  })

  it('writes over its own file, and leaves any other alone', async () => {
    const dir = model(['a', 'b'])
    await types(dir, '--out', 'types.ts')
    const first = readFileSync(join(dir, 'types.ts'), 'utf8')
    expect(await types(dir, '--out', 'types.ts')).toMatchObject({ code: 0 })
    expect(readFileSync(join(dir, 'types.ts'), 'utf8')).toBe(first)
    writeFileSync(join(dir, 'mine.ts'), 'export type Intent = string')
    const { code, stderr } = await types(dir, '--out', 'mine.ts')
    expect([code, readFileSync(join(dir, 'mine.ts'), 'utf8')]).toEqual([2, 'export type Intent = string'])
    expect(stderr).toMatch(/mine\.ts was not written by this command/)
  })

  it('refuses a folder that holds no model, and writes nothing', async () => {
    const dir = folder()
    const { code, stderr } = await types(dir)
    expect(stderr).toMatch(/model\/model\.json cannot be read/)
    expect([code, contents(dir)]).toEqual([2, []])
  })
})
