import { dot, type Matrix, readTensors, unitRows, writeTensors } from './tensors.js'

/** What turns the embedding of an utterance into an answer: the content of `head.safetensors`. */
export interface Head {
  /** 32-bit floats [labels, width]. */
  weight: Matrix
  /** 32-bit floats [labels]. */
  bias: Matrix
  /** 8-bit integers [labels * n, width]: directions that stand for the embeddings of an intent, n of each intent. */
  exemplars: Matrix
}

/** The intents among whose exemplars the nearest is looked for: those of others are hardly ever nearer. */
const LIKELIEST = 3

/**
 * Reads `head.safetensors`.
 *
 * @throws Error that says what is wrong
 */
export function readHead(bytes: Uint8Array, labels: number): Head {
  const head = readTensors(bytes, { weight: 'F32', bias: 'F32', exemplars: 'I8' })
  const { weight, bias, exemplars } = head
  if (weight.rows !== labels) {
    throw new Error(`it gives ${weight.rows} logits, but model.json names ${labels} labels`)
  }
  if (bias.columns !== labels || exemplars.rows % labels !== 0 || exemplars.columns !== weight.columns) {
    throw new Error('its bias or its exemplars do not fit its weight')
  }
  return head
}

/** The bytes of `head.safetensors`. */
export function writeHead({ weight, bias, exemplars }: Head): Uint8Array {
  return writeTensors({ weight, bias, exemplars })
}

/** Logits of an embedding, in the order of the labels. */
export function logitsOf({ weight, bias }: Head, embedding: ArrayLike<number>): Float32Array {
  const logits = new Float32Array(bias.columns)
  for (let label = 0; label < logits.length; label++) {
    logits[label] = (bias.values[label] as number) + dot(weight, label, embedding)
  }
  return logits
}

/** The labels by their logits, highest first, and those of equal logits in their own order. */
export function ranked(logits: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(logits.length)
  // By insertion: up to 300 labels that is quicker than a sort, which calls a function for each comparison.
  for (let label = 0; label < order.length; label++) {
    const logit = logits[label] as number
    let place = label
    for (; place > 0 && (logits[order[place - 1] as number] as number) < logit; place--) {
      order[place] = order[place - 1] as number
    }
    order[place] = label
  }
  return order
}

/**
 * The exemplar of its likeliest intents that is nearest to an embedding: whose it is, and the cosine between the two (Sun et
 * al. 2022, https://arxiv.org/abs/2204.06507).
 *
 * @param order The labels, likeliest first: {@link ranked}.
 */
export function nearestExemplar(
  { bias, exemplars }: Head,
  embedding: ArrayLike<number>,
  order: Uint32Array,
): { label: number; likeness: number } {
  const each = exemplars.rows / bias.columns
  const likeliest = order.subarray(0, LIKELIEST)
  const unit = unitRows(exemplars)
  let nearest = { label: likeliest[0] as number, likeness: -1 }
  for (const label of likeliest) {
    for (let row = label * each; row < (label + 1) * each; row++) {
      const likeness = dot(unit, row, embedding)
      if (likeness > nearest.likeness) nearest = { label, likeness }
    }
  }
  return nearest
}
