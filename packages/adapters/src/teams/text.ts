import type { Activity } from '../bot-framework/activity.js'

/** The entities that Teams writes by name; all others come as numbers. */
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/**
 * What a person wrote, and whether they wrote it to the bot: its own mention is taken out, others are kept as `@Name`.
 *
 * Teams sends a text twice: as HTML, which says exactly what was written, and stripped of its tags with the entities left,
 * where `&lt;` may be either. The first is read where there is one.
 */
export function written({ text, entities, attachments, recipient }: Activity): { text: string; mentioned: boolean } {
  const mentions = entities.slice(0, 100).flatMap(({ type, text: mark, mentioned }) => {
    const name = mentioned?.name || mark.replace(/<[^<>]*>/g, '')
    return type === 'mention' ? [{ mark, name, own: mentioned?.id === recipient.id }] : []
  })
  const own = new Set(mentions.flatMap((one) => (one.own ? [one.name] : [])))
  const { content } = attachments.find(({ contentType }) => contentType === 'text/html') ?? {}
  let plain = text
  if (typeof content === 'string') plain = fromHtml(content, own)
  else for (const { mark, name } of mentions) if (mark) plain = plain.replaceAll(mark, own.has(name) ? '' : `@${name}`)
  plain = plain.replace(/\u00a0|&nbsp;/g, ' ').replace(/\p{Cs}/gu, '')
  return { text: plain.trim(), mentioned: own.size > 0 }
}

function fromHtml(html: string, own: ReadonlySet<string>): string {
  const plain = withoutQuote(html)
    .replace(/<(at|span)\b[^<>]*>([^<>]*)<\/\1>/g, (all, tag: string, name: string) => {
      if (tag !== 'at' && !all.includes('schema.skype.com/Mention')) return name
      return own.has(decoded(name)) ? '' : `@${name}`
    })
    .replace(/<br\b[^<>]*>|<\/(?:p|div|li|tr|h\d|pre|codeblock)>(?=.)/g, '\n')
    .replace(/<[^<>]*>/g, (tag) => (/emoji/i.test(tag) ? (/\balt="([^"]*)"/.exec(tag)?.[1] ?? '') : ''))
  return decoded(plain)
}

/** The message that is answered stands in the answer. */
function withoutQuote(html: string): string {
  const at = html.indexOf('schema.skype.com/Reply')
  const [start, end] = [html.lastIndexOf('<blockquote', at), html.indexOf('</blockquote>', at)]
  return at < 0 || start < 0 || end < 0 ? html : html.slice(0, start) + html.slice(end)
}

function decoded(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi,
    (all, decimal?: string, hex?: string, name?: string) => {
      const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16)
      if (name) return NAMED[name.toLowerCase()] ?? all
      return code <= 0x10ffff ? String.fromCodePoint(code) : all
    },
  )
}

/** Lines that Markdown takes for themselves: lists, quotes, headings, tables, code. */
const OWN_LINE = /^\s*(?:[-*+]\s|\d+[.)]\s|>|#{1,6}\s|\||```)/

/**
 * Markdown as Teams shows it: line ends are kept, which Teams takes for spaces, and what looks like HTML is text, so that
 * nobody can make the bot mention people (`<at>`) or bring in mark-up of theirs. Code stays as it is.
 */
export function teamsMarkdown(markdown: string): string {
  const lines = markdown.split('\n')
  let fenced = false
  return lines.reduce((done, line, n) => {
    const before = lines[n - 1] ?? ''
    const runsOn = !fenced && [before, line].every((one) => one.trim() !== '' && !OWN_LINE.test(one))
    const isFence = line.trimStart().startsWith('```')
    const shown = fenced || isFence ? line : escaped(line)
    fenced = fenced !== isFence
    return n === 0 ? shown : `${done}${runsOn ? '\n\n' : '\n'}${shown}`
  }, '')
}

function escaped(line: string): string {
  const pieces = line.split(/(`[^`]+`)/)
  return pieces.map((piece, n) => (n % 2 ? piece : piece.replace(/<(?!https?:\/\/[^\s<>]*>)/g, '&lt;'))).join('')
}
