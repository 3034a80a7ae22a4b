/** Text within a line. */
export type Inline =
  | { type: 'text' | 'code'; text: string }
  | { type: 'strong' | 'em'; children: Inline[] }
  | { type: 'link'; url: string; text: string }
  | { type: 'break' }

/** A piece of text that stands on its own lines. */
export type Block =
  | { type: 'paragraph' | 'heading'; children: Inline[] }
  | { type: 'code'; language: string; text: string }
  | { type: 'list'; ordered: boolean; start: number; items: Inline[][] }

const FENCE = /^\s{0,3}```\s*([\w+-]*)\s*$/
const HEADING = /^#{1,6}\s+(\S.*)$/
const ITEM = /^\s{0,3}(?:[-*+]|(\d{1,9})[.)])\s+(\S.*)$/

/**
 * Reads the Markdown that a bot needs: paragraphs, line breaks, bold, italic, code, lists, links, headings. Whatever is
 * none of these, HTML above all, is text.
 */
export function parseMarkdown(source: string): Block[] {
  const blocks: Block[] = []
  const lines = source.split(/\r\n?|\n/)
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const fence = FENCE.exec(line)
    const heading = HEADING.exec(line)
    const item = ITEM.exec(line)
    const open = lines[i - 1]?.trim() ? blocks.at(-1) : undefined
    if (fence) {
      const end = lines.findIndex((other, at) => at > i && /^\s{0,3}```\s*$/.test(other))
      const last = end < 0 ? lines.length : end
      blocks.push({ type: 'code', language: fence[1] ?? '', text: lines.slice(i + 1, last).join('\n') })
      i = last
    } else if (heading) {
      blocks.push({ type: 'heading', children: parseInline(heading[1] ?? '') })
    } else if (item) {
      const ordered = item[1] !== undefined
      const children = parseInline(item[2] ?? '')
      const list = blocks.at(-1)
      if (list?.type === 'list' && list.ordered === ordered) list.items.push(children)
      else blocks.push({ type: 'list', ordered, start: Number(item[1] ?? 1), items: [children] })
    } else if (line.trim()) {
      const inline = parseInline(line.trim())
      const target = open?.type === 'paragraph' ? open.children : open?.type === 'list' ? open.items.at(-1) : undefined
      if (target) target.push({ type: 'break' }, ...inline)
      else blocks.push({ type: 'paragraph', children: inline })
    }
  }
  return blocks
}

/**
 * A text that is still being written, as it will probably go on: marks that are open in its last line are closed, and of
 * half a link only the label shows, so that nothing jumps when the rest arrives.
 */
export function soFar(source: string): string {
  if (count(source, /^\s{0,3}```/gm) % 2 === 1) return source
  const start = source.lastIndexOf('\n') + 1
  let line = source.slice(start).replace(HALF_LINK, '$1').replace(DANGLING, '').trimEnd()
  const strong = count(line, /\*\*/g) % 2 === 1
  if (strong) line = line.replace(/(?<!\*)\*$/, '')
  if (count(line, /`/g) % 2 === 1) line += '`'
  if (OPEN_EM.test(line.replaceAll('**', ''))) line += '*'
  return source.slice(0, start) + line + (strong ? '**' : '')
}

const HALF_LINK = /\[([^[\]]*)(?:\](?:\([^()\s]*)?)?$/
/** A mark with nothing behind it: of a list, a heading, or emphasis. */
const DANGLING = /(?:^\s*(?:[-+]|\d+[.)]?|#+)|(?<!\S)[*_`]+)\s*$/
const OPEN_EM = /(?<![\\*\p{L}\p{N}])\*(?![\s*])[^*]*$/u

function count(text: string, mark: RegExp): number {
  return text.match(mark)?.length ?? 0
}

const INLINE = new RegExp(
  [
    /\\(?<escaped>[!-/:-@[-`{-~])/,
    /`(?<code>[^`]+)`/,
    /\*\*(?<strong>\S|\S.*?\S)\*\*(?!\*)/,
    /\*(?<em>[^\s*]|[^\s*].*?[^\s*])\*(?!\*)/,
    /(?<![\p{L}\p{N}_])_(?<em2>[^\s_]|[^\s_].*?[^\s_])_(?![\p{L}\p{N}_])/u,
    /\[(?<label>[^[\]]+)\]\((?<url>[^()\s]+)\)/,
    /(?<bare>https?:\/\/[^\s<>]*[^\s<>.,;:!?'")\]*_])/,
  ]
    .map((part) => part.source)
    .join('|'),
  'gu',
)

/** Deep enough for anything a person writes, and no way to exhaust the stack. */
const DEPTH = 6

function parseInline(text: string, depth = 0): Inline[] {
  if (depth === DEPTH) return [{ type: 'text', text }]
  const found: Inline[] = []
  let end = 0
  for (const match of text.matchAll(INLINE)) {
    const { escaped, code, strong, em, em2, label, url, bare } = match.groups ?? {}
    const italic = em ?? em2
    const target = url ?? bare
    if (target !== undefined && !safeUrl(target)) continue
    if (match.index > end) found.push({ type: 'text', text: text.slice(end, match.index) })
    end = match.index + match[0].length
    if (escaped !== undefined) found.push({ type: 'text', text: escaped })
    else if (code !== undefined) found.push({ type: 'code', text: code })
    else if (strong !== undefined) found.push({ type: 'strong', children: parseInline(strong, depth + 1) })
    else if (italic !== undefined) found.push({ type: 'em', children: parseInline(italic, depth + 1) })
    else if (target !== undefined) found.push({ type: 'link', url: target, text: label ?? target })
  }
  if (end < text.length) found.push({ type: 'text', text: text.slice(end) })
  return found
}

const SAFE = new Set(['https:', 'http:', 'mailto:', 'tel:'])

/** Whether a link to it can do no more than open something. Relative ones are not safe: they mean another page when embedded. */
export function safeUrl(url: string): boolean {
  return URL.canParse(url) && SAFE.has(new URL(url).protocol)
}
