/** What WhatsApp takes for mark-up. A mark that is meant as such stands in private characters until the line is done. */
const MARKS = '*_~`'
const MEANT = '\uE000\uE001\uE002\uE003'
/** WhatsApp knows no escape character: a mark that is meant as itself becomes one that looks like it. */
const LOOK_ALIKES = '∗ˍ∼ˋ'
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/

/**
 * Markdown as WhatsApp writes it: `*bold*`, `_italic_`, `~strike~`, `` `code` `` and fenced blocks; links show their address.
 * No line grows by it.
 *
 * @see https://faq.whatsapp.com/539178204879377
 */
export function markup(markdown: string): string {
  let fence = ''
  const lines = markdown.replace(/[\uE000-\uE003]/g, '').split('\n')
  const written = lines.map((text) => {
    const mark = FENCE.exec(text)?.[1] ?? ''
    if (fence ? !mark.startsWith(fence) : !mark) return fence ? text.replaceAll('```', 'ˋˋˋ') : line(text)
    fence = fence ? '' : mark
    return '```'
  })
  return [...written, ...(fence ? ['```'] : [])].join('\n')
}

function line(text: string): string {
  const heading = /^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$/.exec(text)?.[1]
  const marked = heading ? `**${heading.replace(/\*\*/g, '')}**` : text.replace(/^(\s*)[*+](?=[ \t])/, '$1-')
  const written = inline(marked)
  const paired = [...MARKS].filter((mark) => written.split(mark).length > 2 || written.includes(swap(mark, MEANT)))
  const settled = written.replace(/[*_~`]/g, (mark, at: number) =>
    paired.includes(mark) && touches(written[at - 1], written[at + 1]) ? swap(mark, LOOK_ALIKES) : mark,
  )
  return settled.replace(/[\uE000-\uE003]/g, (place) => MARKS.charAt(MEANT.indexOf(place)))
}

const WORD = /[\p{L}\p{N}]/u

/** Whether a mark between two characters may be taken for half of a pair: one that stands alone, or in a word, is not. */
function touches(before = ' ', after = ' '): boolean {
  return !(/\s/.test(before) && /\s/.test(after)) && !(WORD.test(before) && WORD.test(after))
}

/** A run of `mark`, what it encloses, and the same run again. */
const emphasis = (mark: string, name: string) =>
  `(?<!${mark})(?<${name}>${mark}{1,3})(?![${mark}\\s])(?<${name}ed>(?:\\\\.|[^\\\\])*?(?:\\\\.|[^\\s\\\\${mark}]))\\k<${name}>(?!${mark})`

const TOKEN = new RegExp(
  [
    /\\(?<escaped>[!-/:-@[-`{-~])/.source,
    /(?<tick>`+)(?<code>.*?[^`])\k<tick>(?!`)/.source,
    /!?\[(?<label>[^\]]*)\]\((?<to>[^)\s]*)(?:\s+"[^"]*")?\)/.source,
    /<?(?<address>(?:https?:\/\/|mailto:)[^\s<>]+)>?/.source,
    emphasis('\\*', 'star'),
    emphasis('_', 'bar'),
    emphasis('~', 'wave'),
  ].join('|'),
  'g',
)

/** A line with its marks as {@link MEANT}, and with marks that are meant as themselves as they are. */
function inline(text: string): string {
  return text.replace(TOKEN, (...found) => {
    const { escaped, code, label, to = '', address, ...marks } = found.at(-1) as Record<string, string | undefined>
    const [whole, at] = [found[0] as string, found.at(-3) as number]
    if (escaped !== undefined) return escaped
    if (code !== undefined) return swap('`', MEANT) + meant(code.trim().replaceAll('`', 'ˋ')) + swap('`', MEANT)
    if (label !== undefined) return link(inline(label), meant(to))
    if (address !== undefined) return meant(address)
    const run = marks.star ?? marks.bar ?? marks.wave ?? ''
    const inner = inline(marks.stared ?? marks.bared ?? marks.waveed ?? '')
    const [before, after] = [WORD.test(text[at - 1] ?? ''), WORD.test(text[at + whole.length] ?? '')]
    // WhatsApp sees no mark-up within a word, and Markdown no underscores.
    if ((before || after) && (marks.bar || (run === '*' && before && after))) return whole
    if (before || after) return inner
    const pair = marks.wave ? '~' : run.length === 1 ? '_' : run.length === 2 ? '*' : '*_'
    return meant(pair) + inner + meant([...pair].reverse().join(''))
  })
}

function link(label: string, to: string): string {
  if (!/^(https?|mailto|tel):/i.test(to)) return label
  return label === '' || label === to ? to : `${label} (${to})`
}

function meant(text: string): string {
  return text.replace(/[*_~`]/g, (mark) => swap(mark, MEANT))
}

function swap(mark: string, marks: string): string {
  return marks.charAt(MARKS.indexOf(mark))
}
