import { pathToFileURL } from 'node:url'
import { type Bot, ColloquyError, missing, reason } from '@colloquy/core'

/**
 * Loads a module whose default export is a bot, or a function that makes one.
 *
 * @param path - JavaScript, or TypeScript where `tsx` is installed.
 * @returns a function that gives the bot, made anew where the module can; it hands on what the module's function is told:
 *   when the conversation began, in milliseconds since 1970.
 * @throws {@link ColloquyError} `bad_data` where there is no such module or it exports something else,
 *   `missing_dependency` for TypeScript without `tsx`.
 */
export async function loadBot(path: string): Promise<(at: number) => Promise<Bot>> {
  if (/\.[cm]?tsx?$/.test(path)) {
    const { register } = await import('tsx/esm/api').catch((error) => {
      throw missing('tsx', 'npm install -D tsx', error)
    })
    register()
  }
  const loaded: { default?: unknown } = await import(pathToFileURL(path).href).catch((error) => {
    throw new ColloquyError('bad_data', `${path} cannot be loaded: ${reason(error)}.`, HINT, { cause: error })
  })
  return async (at) => {
    const made: unknown = typeof loaded.default === 'function' ? await loaded.default(at) : loaded.default
    if (!isBot(made)) throw new ColloquyError('bad_data', `${path} exports no bot as default.`, HINT)
    return made
  }
}

const HINT = 'Name a module with `export default createBot(…)`, or with a function that makes one.'

function isBot(value: unknown): value is Bot {
  return typeof value === 'object' && value !== null && 'options' in value && 'receive' in value
}
