import { Tokenizer as HuggingFace } from '@huggingface/tokenizers'

/** Words whose ids are remembered, and how long one may be. */
const WORDS = 5000
const LETTERS = 24

/** What we use of @huggingface/tokenizers, whose own types do not resolve under nodenext. */
interface Encoder {
  encode(text: string): { ids: number[] }
  get_vocab(): Map<string, number>
}

/** Turns text into the numbers that a model reads. */
export interface Tokenizer {
  /** The ids of [CLS], the text and [SEP]; a long text loses its end, never its [SEP]. */
  encode(text: string): number[]
  /** The highest id that `encode` can give. */
  readonly highestId: number
}

/**
 * Builds the tokenizer that a `tokenizer.json` describes.
 *
 * @param json The text of `tokenizer.json`.
 * @param maxTokens The longest result of `encode`, [CLS] and [SEP] counted.
 * @throws Error if the text is not JSON, describes no tokenizer, or one that does not put texts between two tokens.
 */
export function createTokenizer(json: string, maxTokens: number): Tokenizer {
  const description = JSON.parse(json)
  const encoder: Encoder = new HuggingFace(description, {})
  if (encoder.encode('').ids.length !== 2) throw new Error('it does not put a text between [CLS] and [SEP]')
  const highestId = [...encoder.get_vocab().values()].reduce((a, b) => Math.max(a, b))
  const encode = isByWord(description) ? byWord(encoder) : (text: string) => encoder.encode(text).ids
  return {
    highestId,
    encode(text) {
      const ids = encode(text)
      return ids.length > maxTokens ? [...ids.slice(0, maxTokens - 1), ...ids.slice(-1)] : ids
    },
  }
}

/** What a `tokenizer.json` says that decides whether a word has the same ids in any text. */
interface Description {
  normalizer?: { type?: string } | null
  pre_tokenizer?: { type?: string } | null
  added_tokens?: { content: string }[]
}

/** Whether a tokenizer reads each word for itself, as those of BERT do. */
function isByWord({ normalizer, pre_tokenizer: pre, added_tokens: added = [] }: Description): boolean {
  const spaced = added.some(({ content }) => content.includes(' '))
  return normalizer?.type === 'BertNormalizer' && pre?.type === 'BertPreTokenizer' && !spaced
}

/**
 * Remembers the ids of words: where the tokenizer's code and tables must be fetched from memory, as they must after each run
 * of the model, it takes several times as long as this.
 */
function byWord(encoder: Encoder): (text: string) => number[] {
  const [first, last] = encoder.encode('').ids as [number, number]
  const known = new Map<string, number[]>()
  return (text) => {
    const all = [first]
    for (const word of text.split(' ')) {
      let ids = known.get(word)
      if (!ids) {
        ids = encoder.encode(word).ids.slice(1, -1)
        if (known.size === WORDS) known.clear()
        if (word.length <= LETTERS) known.set(word, ids)
      }
      for (const id of ids) all.push(id)
    }
    all.push(last)
    return all
  }
}
