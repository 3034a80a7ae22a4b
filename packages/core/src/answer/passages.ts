import { readFile } from 'node:fs/promises'
import { ColloquyError, reason } from '../errors.js'

/** A piece of what a company has written for its customers. */
export type Passage = { title: string; text: string; url?: string }

/** A passage and how near it is to a question: the cosine of their embeddings, -1 to 1. */
export type Match = { passage: Passage; similarity: number }

/** What turns a text into a vector: a classifier's `embed`. */
export type Embed = (text: string) => Promise<Float32Array>

/**
 * Reads the passages of a Markdown file: each heading with the text under it.
 *
 * @throws {@link ColloquyError} `bad_data` where the file cannot be read or has no headings with text.
 */
export async function readPassages(path: string): Promise<Passage[]> {
  const markdown = await readFile(path, 'utf8').catch((error) => {
    throw new ColloquyError('bad_data', `Cannot read ${path}: ${reason(error)}.`)
  })
  const passages = markdown.split(/^#{1,6}\s+/m).flatMap((section, n): Passage[] => {
    const [title = '', ...lines] = section.split('\n')
    const text = lines.join('\n').trim()
    return n > 0 && text !== '' ? [{ title: title.replace(/\s+#+$/, '').trim(), text }] : []
  })
  if (passages.length === 0) {
    throw new ColloquyError(
      'bad_data',
      `${path} has no headings with text under them.`,
      'Write each question as a heading.',
    )
  }
  return passages
}

/** Finds the passages that are nearest to a question, by the same encoder that understands intents. */
export class PassageIndex {
  private vectors: Promise<Float32Array[][]> | undefined

  constructor(
    private readonly passages: readonly Passage[],
    private readonly embed: Embed,
  ) {}

  /** The nearest `count`, nearest first. */
  async nearest(question: string, count: number): Promise<Match[]> {
    this.vectors ??= Promise.all(this.passages.map((passage) => this.vectorsOf(passage)))
    const [asked, vectors] = await Promise.all([this.embed(question), this.vectors])
    const similarity = (n: number) => Math.max(...(vectors[n] ?? []).map((one) => cosine(asked, one)))
    return this.passages
      .map((passage, n) => ({ passage, similarity: similarity(n) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, count)
  }

  /** A question is most like the question that a title is; where a title is none, the text tells. */
  private vectorsOf({ title, text }: Passage): Promise<Float32Array[]> {
    return Promise.all([title, `${title}\n${text}`].map((one) => this.embed(one)))
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0]
    dot += x * y
    aa += x * x
    bb += y * y
  }
  return dot / (Math.sqrt(aa * bb) || 1)
}
