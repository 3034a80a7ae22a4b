import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ColloquyError } from '@colloquy/core'
import { run } from './process.js'

/** The folder of the Python half: what `PYTHONPATH` is set to. */
export const PYTHON_SOURCE = fileURLToPath(new URL('../python', import.meta.url))

/** Written into a virtual environment when all of it is installed: one without it was interrupted. */
const MARKER = 'complete'

const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']
const INSTALL_PYTHON =
  'Install Python 3.10 or newer (on Debian: apt install python3 python3-venv), or give one with --python.'

/**
 * What the Python half needs, from its `pyproject.toml`: the one place that lists it.
 *
 * @returns pip requirements such as `torch>=2.11,<2.14`
 */
export function requirements(): string[] {
  const project = readFileSync(join(PYTHON_SOURCE, 'pyproject.toml'), 'utf8')
  const [, list = ''] = /^dependencies = \[([^\]]*)\]/m.exec(project) ?? []
  return [...list.matchAll(/"([^"]+)"/g)].map(([, requirement = '']) => requirement)
}

/** Where the managed environment for some requirements is: others get another folder. */
export function environmentFolder(needed: string[], home: string | undefined = process.env.COLLOQUY_HOME): string {
  const hash = createHash('sha256').update(needed.join('\n')).digest('hex').slice(0, 8)
  return join(home ?? join(homedir(), '.cache', 'colloquy'), `venv-${hash}`)
}

/**
 * A Python interpreter with everything that training needs: the one given, else that of a virtual environment which is
 * made on first use under `COLLOQUY_HOME` (`~/.cache/colloquy` unless set). `say` receives a line on what happens.
 *
 * @returns the path of the interpreter
 * @throws {@link ColloquyError} `missing_dependency`: no usable Python, a package that is missing or does not install.
 */
export async function findPython(options: {
  python?: string | undefined
  signal: AbortSignal
  say: (line: string) => void
}): Promise<string> {
  const needed = requirements()
  if (options.python !== undefined) {
    await checkPackages(options.python, needed, options.signal)
    return options.python
  }
  const folder = environmentFolder(needed)
  const python = join(folder, 'bin', 'python')
  if (existsSync(join(folder, MARKER))) return python
  const base = await basePython(options.signal)
  await mkdir(join(folder, '..'), { recursive: true })
  await locked(`${folder}.lock`, options, async () => {
    if (existsSync(join(folder, MARKER))) return
    if (existsSync(folder)) options.say(`${folder} was left half made: making it again.`)
    await make(folder, base, needed, options)
  })
  return python
}

async function make(
  folder: string,
  base: string,
  needed: string[],
  { signal, say }: { signal: AbortSignal; say: (line: string) => void },
): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  say(`Making a Python environment in ${folder} (once; PyTorch is large: 2 to 10 minutes)…`)
  const started = Date.now()
  const venv = await run(base, ['-m', 'venv', folder], { signal })
  if (venv.code !== 0) {
    const message = `${base} cannot make a virtual environment: ${venv.tail.at(-1) ?? 'it says nothing'}.`
    throw new ColloquyError('missing_dependency', message, 'On Debian: apt install python3-venv. Or use --python.')
  }
  const pip = await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...needed], { signal })
  if (pip.code !== 0) {
    const message = `pip could not install ${needed.join(' ')}:\n${pip.tail.join('\n')}\n`
    throw new ColloquyError(
      'missing_dependency',
      message,
      'Check the network, or use --python with an environment of yours.',
    )
  }
  await writeFile(join(folder, MARKER), `${new Date().toISOString()}\n${needed.join('\n')}\n`)
  say(`The Python environment is ready after ${Math.round((Date.now() - started) / 1000)} s.`)
}

/** Lets one process at a time do `work`: the lock names its owner, and that of a dead process is taken over. */
async function locked(
  file: string,
  { signal, say }: { signal: AbortSignal; say: (line: string) => void },
  work: () => Promise<void>,
): Promise<void> {
  for (let told = false; ; told = true) {
    try {
      const handle = await open(file, 'wx')
      await handle.writeFile(String(process.pid))
      await handle.close()
      break
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    if (!told) say('Another colloquy is making the Python environment: waiting for it…')
    await wait(500, undefined, { signal })
    const owner = Number(await readFile(file, 'utf8').catch(() => ''))
    if (owner > 0 && !isAlive(owner)) await rm(file, { force: true })
  }
  try {
    await work()
  } finally {
    await rm(file, { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function basePython(signal: AbortSignal): Promise<string> {
  const old: string[] = []
  for (const candidate of CANDIDATES) {
    const version = await versionOf(candidate, signal)
    if (version === undefined) continue
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (major === 3 && minor >= 10) return candidate
    old.push(`${candidate} is ${version}`)
  }
  const found = old.length > 0 ? `Python is too old (${old.join(', ')}).` : 'There is no Python on the PATH.'
  throw new ColloquyError('missing_dependency', found, INSTALL_PYTHON)
}

async function versionOf(python: string, signal: AbortSignal): Promise<string | undefined> {
  let version: string | undefined
  const report = 'import platform; print(platform.python_version())'
  const onLine = (line: string) => {
    version = line
  }
  const ended = await run(python, ['-c', report], { signal, onLine }).catch(() => undefined)
  signal.throwIfAborted()
  return ended?.code === 0 ? version : undefined
}

async function checkPackages(python: string, needed: string[], signal: AbortSignal): Promise<void> {
  const version = await versionOf(python, signal)
  if (version === undefined) {
    throw new ColloquyError('missing_dependency', `${python} is not a Python interpreter that runs.`, INSTALL_PYTHON)
  }
  const packages = needed.map((requirement) => /^[\w-]+/.exec(requirement)?.[0] ?? requirement)
  const absent: string[] = []
  const find =
    'import sys; from importlib.util import find_spec; print(*[m for m in sys.argv[1:] if not find_spec(m)], sep="\\n")'
  await run(python, ['-c', find, ...packages], { signal, onLine: (line) => line && absent.push(line) })
  if (absent.length === 0) return
  const wanted = needed.filter((requirement) => absent.some((name) => requirement.startsWith(name)))
  const install = `Run: ${python} -m pip install ${wanted.map((requirement) => `'${requirement}'`).join(' ')}`
  throw new ColloquyError('missing_dependency', `${python} (Python ${version}) lacks ${absent.join(', ')}.`, install)
}
