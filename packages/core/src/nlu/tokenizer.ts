import { Tokenizer as HuggingFace } from '@huggingface/tokenizers'

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
  const encoder: Encoder = new HuggingFace(JSON.parse(json), {})
  if (encoder.encode('').ids.length !== 2) throw new Error('it does not put a text between [CLS] and [SEP]')
  const highestId = [...encoder.get_vocab().values()].reduce((a, b) => Math.max(a, b))
  return {
    highestId,
    encode(text) {
      const { ids } = encoder.encode(text)
      return ids.length > maxTokens ? [...ids.slice(0, maxTokens - 1), ...ids.slice(-1)] : ids
    },
  }
}
