/** A linear layer over unit vectors: logits are `weight · embedding + bias`. */
export interface Layer {
  /** [labels * width] */
  weight: Float32Array
  /** [labels] */
  bias: Float32Array
}

const EPOCHS = 6
const BATCH = 32

/** Of Adam's steps at the start. */
const RATE = 0.02

/** An intent as unlikely as this for a text learns nothing from it: nearly all are, which is why this takes seconds. */
const NEGLIGIBLE = 1e-3

/**
 * Fits a softmax layer by Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980), from where it stands.
 *
 * @param embeddings One a text.
 * @param intents The label of each text, as a number.
 * @param random From 0 to under 1.
 * @param onEpoch Called before each pass, with how many are done; what it throws ends the fit.
 */
export async function fitSoftmax(
  layer: Layer,
  embeddings: Float32Array[],
  intents: number[],
  random: () => number,
  onEpoch: (done: number, of: number) => void | Promise<void>,
): Promise<void> {
  const labels = layer.bias.length
  const width = layer.weight.length / labels
  const adam = { weight: moments(layer.weight.length), bias: moments(labels) }
  const gradient = { weight: new Float32Array(layer.weight.length), bias: new Float32Array(labels) }
  const order = embeddings.map((_, i) => i)
  const steps = EPOCHS * Math.ceil(order.length / BATCH)
  let step = 0
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    await onEpoch(epoch, EPOCHS)
    shuffle(order, random)
    for (let start = 0; start < order.length; start += BATCH) {
      gradient.weight.fill(0)
      gradient.bias.fill(0)
      const batch = order.slice(start, start + BATCH)
      for (const i of batch) {
        const x = embeddings[i] as Float32Array
        const error = probabilities(layer, x)
        error[intents[i] as number] = (error[intents[i] as number] as number) - 1
        for (let label = 0; label < labels; label++) {
          const share = (error[label] as number) / batch.length
          if (Math.abs(share) * batch.length < NEGLIGIBLE) continue
          gradient.bias[label] = (gradient.bias[label] as number) + share
          for (let column = 0, at = label * width; column < width; column++, at++) {
            gradient.weight[at] = (gradient.weight[at] as number) + share * (x[column] as number)
          }
        }
      }
      step++
      const rate = RATE * (1 - step / steps)
      move(layer.weight, gradient.weight, adam.weight, rate, step)
      move(layer.bias, gradient.bias, adam.bias, rate, step)
    }
  }
}

/** Of each label. */
export function probabilities({ weight, bias }: Layer, x: Float32Array): Float32Array {
  const logits = Float32Array.from(bias)
  let highest = Number.NEGATIVE_INFINITY
  for (let label = 0, at = 0; label < bias.length; label++) {
    let sum = bias[label] as number
    for (let column = 0; column < x.length; column++) sum += (weight[at++] as number) * (x[column] as number)
    logits[label] = sum
    highest = Math.max(highest, sum)
  }
  let total = 0
  for (let label = 0; label < logits.length; label++) {
    logits[label] = Math.exp((logits[label] as number) - highest)
    total += logits[label] as number
  }
  return logits.map((value) => value / total)
}

interface Moments {
  first: Float32Array
  second: Float32Array
}

function moments(size: number): Moments {
  return { first: new Float32Array(size), second: new Float32Array(size) }
}

function move(values: Float32Array, gradient: Float32Array, { first, second }: Moments, rate: number, step: number) {
  const [a, b] = [1 - 0.9 ** step, 1 - 0.999 ** step]
  for (let i = 0; i < values.length; i++) {
    const g = gradient[i] as number
    first[i] = 0.9 * (first[i] as number) + 0.1 * g
    second[i] = 0.999 * (second[i] as number) + 0.001 * g * g
    values[i] =
      (values[i] as number) - (rate * ((first[i] as number) / a)) / (Math.sqrt((second[i] as number) / b) + 1e-8)
  }
}

function shuffle(order: number[], random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j] as number, order[i] as number]
  }
}
