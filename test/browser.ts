import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { describe } from 'vitest'

const PLACES = [
  process.env.COLLOQUY_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser that tests use, where there is one. */
export const CHROMIUM = PLACES.find((place) => place && existsSync(place))
const absent = 'No Chromium found. Install one (Debian: apt-get install chromium) or set COLLOQUY_CHROMIUM to its path.'

/** `describe` for tests that need a browser: skipped with a line where there is none, and failing where CI=true. */
export const describeInBrowser: typeof describe | typeof describe.skip = CHROMIUM ? describe : skipped()

function skipped(): typeof describe.skip {
  if (process.env.CI === 'true') throw new Error(absent)
  console.warn(`Skipping the browser tests. ${absent}`)
  return describe.skip
}

export function launch(): Promise<Browser> {
  if (!CHROMIUM) throw new Error(absent)
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
}
