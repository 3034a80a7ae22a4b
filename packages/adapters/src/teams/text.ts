import type { Activity } from './activity.js'
import { fields, text } from './activity.js'

/** Named entities that Teams writes; all others come as numbers. */
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi
const MENTION = /<(at|span)\b[^<>]*>([^<>]*)<\/\1>/g

/**
 * What a person wrote, and whether they wrote it to the bot: the bot's own mention is taken out, and others are kept as
 * `@Name`.
 *
 * Teams sends a text twice: as HTML, which says exactly what was written, and stripped of its tags with entities left as
 * they were, from which `&lt;` as such cannot be told. The first is read where there is one.
 */
export function written(activity: Activity): { text: string; mentioned: boolean } {
  const mentions = activity.entities.filter((one) => one.type === 'mention')
  const ours = mentions.filter((one) => fields(one, 'mentioned').id === activity.recipient.id)
  const name = (one: (typeof mentions)[number]) =>
    text(fields(one, 'mentioned'), 'name') || text(one, 'text').replace(/<[^<>]*>/g, '')
  const own = new Set(ours.map(name))
  const html = activity.attachments.find(({ contentType }) => contentType === 'text/html')
  let plain: string
  if (html) plain = fromHtml(text(html, 'content'), own)
  else {
    plain = activity.text
    for (const one of mentions) {
      const mark = text(one, 'text')
      if (mark) plain = plain.replaceAll(mark, () => (ours.includes(one) ? '' : `@${name(one)}`))
    }
  }
  return { text: plain.replace(/\u00a0|&nbsp;/g, ' ').trim(), mentioned: ours.length > 0 }
}

function fromHtml(html: string, own: ReadonlySet<string>): string {
  const plain = html
    .replace(/<blockquote\b[^<>]*schema\.skype\.com\/Reply[^<>]*>.*?<\/blockquote>/gs, '')
    .replace(MENTION, (all, tag: string, inner: string) => {
      if (tag !== 'at' && !all.includes('schema.skype.com/Mention')) return inner
      return own.has(decoded(inner)) ? '' : `@${inner}`
    })
    .replace(/<(?:img|emoji)\b[^<>]*?\balt="([^"<>]*)"[^<>]*>/g, (all, alt: string) => (/emoji/i.test(all) ? alt : ''))
    .replace(/<br\b[^<>]*>|<\/(?:p|div|li|tr|h\d|pre|codeblock)>(?=.)/g, '\n')
    .replace(/<[^<>]*>/g, '')
  return decoded(plain)
}

function decoded(text: string): string {
  return text.replace(ENTITY, (all, decimal?: string, hex?: string, name?: string) => {
    if (name) return NAMED[name.toLowerCase()] ?? all
    const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : all
  })
}

/** Lines that Markdown takes for themselves: lists, quotes, headings, tables. */
const OWN_LINE = /^\s*(?:[-*+]\s|\d+[.)]\s|>|#{1,6}\s|\|)/
const CODE = /(^\s{0,3}```[\s\S]*?^\s{0,3}```\s*$|`[^`\n]+`)/m

/**
 * Markdown as Teams shows it: a line end is one, and what looks like HTML is text, so that nobody can make the bot mention
 * people (`<at>`) or bring in mark-up of theirs.
 */
export function teamsMarkdown(markdown: string): string {
  return markdown
    .split(CODE)
    .map((piece, n) => (n % 2 === 1 ? piece : lines(piece.replace(/<(?!https?:\/\/[^\s<>]*>)/g, '&lt;'))))
    .join('')
}

/** Teams runs lines together that no empty line is between. */
function lines(text: string): string {
  return text.replace(/(\S)[ \t]*\n(?=([^\n]*\S[^\n]*))/g, (all, last: string, next: string, at: number) => {
    const line = text.slice(text.lastIndexOf('\n', at) + 1, at + 1)
    return OWN_LINE.test(line) || OWN_LINE.test(next) ? all : `${last}\n\n`
  })
}
