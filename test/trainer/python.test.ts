import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environmentFolder, findPython, requirements } from '@colloquy/trainer'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { folder } from './command.js'

/**
 * A stand-in for Python that notes what it is asked to do: it makes environments (with itself inside) and pretends to
 * install into them. `version` is what it says it is; `pip` is run as shell instead of an installation.
 */
function fakePython({ version = '3.12.1', pip = 'exit 0' } = {}): { home: string; asked: () => string[] } {
  const home = folder()
  const log = join(home, 'asked')
  const script = `#!/bin/sh
echo "$@" >> "${log}"
case "$1$2" in
  -c*platform*) echo "${version}" ;;
  -mvenv) /bin/mkdir -p "$3/bin" && /bin/cp "$0" "$3/bin/python" ;;
  -mpip) ${pip} ;;
esac
`
  mkdirSync(join(home, 'path'))
  writeFileSync(join(home, 'path', 'python3'), script)
  chmodSync(join(home, 'path', 'python3'), 0o755)
  vi.stubEnv('PATH', join(home, 'path'))
  vi.stubEnv('COLLOQUY_HOME', join(home, 'cache'))
  const asked = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [])
  return { home, asked }
}

const find = (options: { python?: string; signal?: AbortSignal; say?: (line: string) => void } = {}) =>
  findPython({ signal: new AbortController().signal, say: () => {}, ...options })
const installs = (asked: string[]) => asked.filter((line) => line.startsWith('-m pip install'))

afterEach(() => vi.unstubAllEnvs())

describe('the Python environment', () => {
  it('is made on first use with all that the Python half lists, and used from then on', async () => {
    const { home, asked } = fakePython()
    const said: string[] = []
    const python = await find({ say: (line) => said.push(line) })
    expect(python.startsWith(join(home, 'cache', 'venv-'))).toBe(true)
    expect(installs(asked())).toEqual([`-m pip install --quiet ${requirements().join(' ')}`])
    expect(said.join('\n')).toMatch(/Making a Python environment[\s\S]*ready after \d+ s/)
    expect(await find()).toBe(python)
    expect(installs(asked())).toHaveLength(1)
  })

  it('lists PyTorch and transformers among what it needs', () => {
    const names = requirements().map((requirement) => requirement.split(/[<>=]/)[0])
    expect(names).toEqual(expect.arrayContaining(['torch', 'transformers', 'onnx', 'onnxruntime']))
  })

  it('is another one for other requirements', () => {
    expect(environmentFolder(['torch>=2'], '/home')).not.toBe(environmentFolder(['torch>=3'], '/home'))
  })

  it('is made again where it was left half made', async () => {
    const { home, asked } = fakePython()
    const half = environmentFolder(requirements(), join(home, 'cache'))
    mkdirSync(join(half, 'bin'), { recursive: true })
    writeFileSync(join(half, 'bin', 'python'), 'not a program')
    const said: string[] = []
    await find({ say: (line) => said.push(line) })
    expect(said.join('\n')).toContain('half made')
    expect(installs(asked())).toHaveLength(1)
  })

  it('counts as half made after an installation that failed, whose last words are told', async () => {
    const { asked } = fakePython({ pip: 'echo "no matching torch" >&2; exit 1' })
    const wanted = { code: 'missing_dependency', message: expect.stringContaining('no matching torch') }
    await expect(find()).rejects.toMatchObject(wanted)
    await expect(find()).rejects.toMatchObject(wanted)
    expect(installs(asked())).toHaveLength(2)
  })

  it('counts as half made after an interruption', async () => {
    const { asked } = fakePython({ pip: 'exec /bin/sleep 60' })
    const stop = new AbortController()
    const waiting = find({ signal: stop.signal })
    await vi.waitFor(() => expect(installs(asked())).toHaveLength(1), { timeout: 10_000 })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    const again = new AbortController()
    const second = find({ signal: again.signal })
    await vi.waitFor(() => expect(installs(asked())).toHaveLength(2), { timeout: 10_000 })
    again.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
  })

  it('is made once by two who want it at the same time', async () => {
    const { asked } = fakePython({ pip: '/bin/sleep 1' })
    const [one, other] = await Promise.all([find(), find()])
    expect(one).toBe(other)
    expect(installs(asked())).toHaveLength(1)
  })

  it('is not waited for when its maker has died', async () => {
    const { home } = fakePython()
    mkdirSync(join(home, 'cache'))
    writeFileSync(`${environmentFolder(requirements(), join(home, 'cache'))}.lock`, '999999999')
    expect(await find()).toContain('venv-')
  })
})

describe('a Python', () => {
  it('that is too old is named, with what to install', async () => {
    fakePython({ version: '3.9.2' })
    await expect(find()).rejects.toThrow(/too old \(python3 is 3\.9\.2\).*Install Python 3\.10/)
  })

  it('that is nowhere to be found is asked for', async () => {
    vi.stubEnv('PATH', folder())
    vi.stubEnv('COLLOQUY_HOME', folder())
    await expect(find()).rejects.toThrow(/no Python on the PATH.*Install Python 3\.10/)
  })

  it('that was given and does not run is refused', async () => {
    await expect(find({ python: '/nowhere/python' })).rejects.toThrow('/nowhere/python is not a Python')
  })

  it('that was given and lacks packages is told which', async () => {
    const { home } = fakePython()
    const bare = join(home, 'bare')
    writeFileSync(bare, '#!/bin/sh\ncase "$2" in *platform*) echo 3.12.1;; *) echo torch; echo onnx;; esac\n')
    chmodSync(bare, 0o755)
    await expect(find({ python: bare })).rejects.toThrow(/lacks torch, onnx\..*pip install 'torch>=.*' 'onnx>=/)
  })
})
