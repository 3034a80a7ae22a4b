const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  copy: '©',
  reg: '®',
  trade: '™',
  deg: '°',
  times: '×',
  zwnj: '\u200c',
  zwj: '\u200d',
  shy: '\u00ad',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ecirc: 'ê',
  ccedil: 'ç',
  ntilde: 'ñ',
  aacute: 'á',
  iacute: 'í',
  oacute: 'ó',
  uacute: 'ú',
}

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/gi
const BLOCK = /^(?:div|h[1-6]|ul|ol|tr|table|blockquote|pre|hr|section|article)$/i
/** Noncharacters, for the edges of blocks and of paragraphs: several are one line end, or an empty line. */
const [EDGE, PARAGRAPH] = ['\ufdd0', '\ufdd1']
const MARKS = /[\ufdd0\ufdd1]/g
const EDGES = /[^\S\n]*(?:[\ufdd0\ufdd1][^\S\n]*)+/g

/** What a browser does not show. */
const UNSEEN = /<(script|style|head|title)\b[^<>]*>|<!--/gi

/** What a message in HTML says: a new line for each block, `- ` for a point of a list, the name of a picture. */
export function htmlToText(html: string): string {
  if (!html.includes('<') && !html.includes('&')) return html
  return shown(html)
    .replace(/[ \t]*\r?\n[ \t]*/g, ' ')
    .replace(MARKS, '')
    .replace(TAG, (_, closes: string, name: string, attributes: string) => {
      if (/^(img|emoji)$/i.test(name)) return /\balt="([^"]*)"/i.exec(attributes)?.[1] ?? ''
      if (/^li$/i.test(name)) return closes ? '' : '\n- '
      if (/^t[dh]$/i.test(name)) return closes ? ' ' : ''
      if (/^br$/i.test(name)) return '\n'
      return /^p$/i.test(name) ? PARAGRAPH : BLOCK.test(name) ? EDGE : ''
    })
    .replace(EDGES, (edges) => (edges.includes(PARAGRAPH) ? '\n\n' : '\n'))
    .replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,8});/gi, (whole, name: string) => entity(name) ?? whole)
    .replace(/[^\S\n]*\n[^\S\n]*/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/\n\n?(?=- )/g, '\n')
    .trim()
}

/** Looks for each end once, so that a text of nothing but beginnings takes no longer. */
function shown(html: string): string {
  UNSEEN.lastIndex = 0
  let kept = ''
  let at = 0
  for (let open = UNSEEN.exec(html); open; open = UNSEEN.exec(html)) {
    const end = open[1] === undefined ? /-->/g : new RegExp(`</${open[1]}\\s*>`, 'gi')
    end.lastIndex = UNSEEN.lastIndex
    if (!end.exec(html)) break
    kept += html.slice(at, open.index)
    at = end.lastIndex
    UNSEEN.lastIndex = at
  }
  return kept + html.slice(at)
}

function entity(name: string): string | undefined {
  if (!name.startsWith('#')) return ENTITIES[name] ?? ENTITIES[name.toLowerCase()]
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : undefined
}
