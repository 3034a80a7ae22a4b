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
  const mentions = entities.flatMap(({ type, text: mark, mentioned }) => {
    const name = mentioned?.name || mark.replace(/<[^<>]*>/g, '')
    return type === 'mention' ? [{ mark, name, own: mentioned?.id === recipient.id }] : []
  })
  const own = new Set(mentions.flatMap((one) => (one.own ? [one.name] : [])))
  const { content } = attachments.find(({ contentType }) => contentType === 'text/html') ?? {}
  let plain = text
  if (typeof content === 'string') plain = fromHtml(content, own)
  else for (const { mark, name } of mentions) if (mark) plain = plain.replaceAll(mark, own.has(name) ? '' : `@${name}`)
  return { text: plain.replace(/\u00a0|&nbsp;/g, ' ').trim(), mentioned: own.size > 0 }
}

function fromHtml(html: string, own: ReadonlySet<string>): string {
  const plain = html
    .replace(/<blockquote\b[^<>]*schema\.skype\.com\/Reply[^<>]*>.*?<\/blockquote>/gs, '')
    .replace(/<(at|span)\b[^<>]*>([^<>]*)<\/\1>/g, (all, tag: string, name: string) => {
      if (tag !== 'at' && !all.includes('schema.skype.com/Mention')) return name
      return own.has(decoded(name)) ? '' : `@${name}`
    })
    .replace(/<[^<>]*\bemoji[^<>]*?\balt="([^"<>]*)"[^<>]*>/gi, '$1')
    .replace(/<br\b[^<>]*>|<\/(?:p|div|li|tr|h\d|pre|codeblock)>(?=.)/g, '\n')
    .replace(/<[^<>]*>/g, '')
  return decoded(plain)
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

/** Lines that Markdown takes for themselves (lists, quotes, headings, tables), and code, which stays as it is. */
const OWN_LINE = /^\s*(?:[-*+]\s|\d+[.)]\s|>|#{1,6}\s|\|)/
const CODE = /(^\s{0,3}```[\s\S]*?^\s{0,3}```\s*$|`[^`\n]+`)/m

/**
 * Markdown as Teams shows it: line ends are kept, which Teams takes for spaces, and what looks like HTML is text, so that
 * nobody can make the bot mention people (`<at>`) or bring in mark-up of theirs.
 */
export function teamsMarkdown(markdown: string): string {
  return markdown
    .split(CODE)
    .map((piece, n) => (n % 2 === 1 ? piece : lines(piece.replace(/<(?!https?:\/\/[^\s<>]*>)/g, '&lt;'))))
    .join('')
}

function lines(text: string): string {
  return text.replace(/(\S)[ \t]*\n(?=([^\n]*\S))/g, (all, last: string, next: string, at: number) => {
    const line = text.slice(text.lastIndexOf('\n', at) + 1, at + 1)
    return OWN_LINE.test(line) || OWN_LINE.test(next) ? all : `${last}\n\n`
  })
}
