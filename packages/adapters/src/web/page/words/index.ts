import { en, type Texts } from './en.js'
import { zh } from './zh.js'

/** The words of one chat, and the language that its times and its speech are in. */
export interface Words extends Texts {
  /** A BCP 47 tag. */
  locale: string
  direction: 'ltr' | 'rtl'
}

const LANGUAGES: Record<string, Texts> = { en, zh }
const RIGHT_TO_LEFT = /^(?:ar|ckb|dv|fa|he|ks|ps|sd|ug|ur|yi)\b|-(?:Arab|Hebr)\b/i

/**
 * The words of an element: in the language of its `lang`, else of the page, else in the first of the browser's that
 * there are words for. `own` replaces some or all of them, and so speaks any language.
 */
export function wordsOf(element: HTMLElement, own: Partial<Texts> = {}): Words {
  const told = element.closest('[lang]')?.getAttribute('lang')
  const known = navigator.languages.find((tag) => language(tag) in LANGUAGES)
  const locale = canonical(told || known || 'en')
  const page = told ? 'ltr' : getComputedStyle(element).direction
  const direction = element.dir || (RIGHT_TO_LEFT.test(locale) ? 'rtl' : page)
  return { ...(LANGUAGES[language(locale)] ?? en), ...own, locale, direction: direction === 'rtl' ? 'rtl' : 'ltr' }
}

function language(tag: string): string {
  return tag.split('-', 1)[0]?.toLowerCase() ?? ''
}

function canonical(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? 'en'
  } catch {
    return 'en'
  }
}
