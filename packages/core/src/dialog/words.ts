/** Lower case, compatibility forms and punctuation folded, one space between words. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Whether the words of `name` stand in `text`; Chinese has no spaces to tell words by. */
export function contains(text: string, name: string): boolean {
  const wanted = fold(name)
  if (wanted === '') return false
  return HAN.test(wanted) ? fold(text).includes(wanted) : ` ${fold(text)} `.includes(` ${wanted} `)
}

/** Every place where `name` stands in `text` as words of its own. */
export function wordPattern(name: string): RegExp {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const edge = (side: '<' | '', character = '') => (WORD.test(character) ? `(?${side}![\\p{L}\\p{N}])` : '')
  return new RegExp(`${edge('<', name[0])}${escaped}${edge('', name.at(-1))}`, 'iu')
}

const HAN = /\p{Script=Han}/u
const WORD = /(?!\p{Script=Han})[\p{L}\p{N}]/u
