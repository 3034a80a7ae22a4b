/** What is not broken in the middle: links, code, addresses, words, and the white space between them. */
const UNIT = /\[[^\]\n]*\]\([^)\s]*\)|`[^`\n]+`|\s+|[^\s[`]+|[[`]/gu
const FENCE = /^\s{0,3}(```+|~~~+)/
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Splits Markdown into pieces that a channel takes, at line ends where there are any, else between words. A code block that
 * goes on in the next piece is closed and opened again.
 *
 * @param limit - the longest piece, in UTF-16 code units; at least 50.
 * @example
 * ```ts
 * for (const piece of splitText(text, 4096)) await post(piece)
 * ```
 */
export function splitText(text: string, limit: number): string[] {
  if (text.length <= limit) return [text]
  const pieces: string[] = []
  let piece = ''
  let fence = ''
  const closing = () => (fence ? `\n${fence.trim().match(/^[`~]+/)?.[0]}` : '')
  const flush = () => {
    const done = piece.trimEnd() + closing()
    if (piece.trim() !== '' && piece !== fence) pieces.push(done)
    piece = fence
  }
  const room = () => limit - closing().length
  for (const line of text.split(/(?<=\n)/)) {
    const mark = FENCE.exec(line)?.[1]
    const closes = mark !== undefined && fence.trim().startsWith(mark.slice(0, 3)) && line.trim() === mark
    if (closes && piece.length + line.trimEnd().length <= limit) {
      piece += line
      fence = ''
      continue
    }
    if (piece.length + line.trimEnd().length > room()) flush()
    if (piece.length + line.trimEnd().length <= room()) piece += line
    else
      for (const unit of units(line, room() - fence.length)) {
        if (piece.length + unit.trimEnd().length > room()) flush()
        piece += piece === fence ? unit.trimStart() : unit
      }
    if (mark && !fence && line.length < limit / 4) fence = line.endsWith('\n') ? line : `${line}\n`
  }
  flush()
  return pieces
}

function* units(line: string, limit: number): Iterable<string> {
  for (const [unit] of line.matchAll(UNIT)) {
    if (unit.length <= limit) yield unit
    else yield* hardBreaks(unit, limit)
  }
}

/** A word longer than a piece is broken between characters as people see them; one monstrous character between its parts. */
function* hardBreaks(unit: string, limit: number): Iterable<string> {
  let part = ''
  for (const { segment } of graphemes.segment(unit)) {
    for (const whole of segment.length <= limit ? [segment] : segment) {
      if (part.length + whole.length > limit) {
        yield part
        part = ''
      }
      part += whole
    }
  }
  yield part
}
