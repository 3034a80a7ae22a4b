import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { classifier } from '@colloquy/core'
import { describe, expect, it } from 'vitest'
import { writeHead } from '../../../packages/core/dist/nlu/head.js'
import type { Matrix } from '../../../packages/core/dist/nlu/tensors.js'
import { copyFixture, FIXTURE, load, watchThreads } from './fixture.js'

type Card = Record<string, unknown> & { labels: string[]; outOfScope: object }

function card(change: (card: Card) => object) {
  return (folder: string) => {
    const file = join(folder, 'model.json')
    const changed = change(JSON.parse(readFileSync(file, 'utf8')))
    writeFileSync(file, JSON.stringify(changed))
  }
}

function rewrite(name: string, change: (bytes: Buffer) => Uint8Array | string) {
  return (folder: string) => writeFileSync(join(folder, name), change(readFileSync(join(folder, name))))
}

/** Names of one length, so that everything else stays in its place. */
function rename(from: string, to: string) {
  return (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')
}

/** Makes the first number of the file one that is none: the bias, as the names are sorted by the size of their kind. */
function nan(bytes: Buffer): Buffer {
  return bytes.fill(255, 8 + Number(bytes.readBigUInt64LE()), 12 + Number(bytes.readBigUInt64LE()))
}

function matrix(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float32Array(rows * columns) }
}

/** Other labels, and as many thresholds. */
function relabel(card: Card, labels: string[]) {
  return { ...card, labels, outOfScope: { ...card.outOfScope, thresholds: labels.map(() => 0) } }
}

function remove(name: string) {
  return (folder: string) => rmSync(join(folder, name))
}

const damages: [string, (folder: string) => void, RegExp][] = [
  ['no model.json', remove('model.json'), /model\.json is missing/],
  ['no tokenizer.json', remove('tokenizer.json'), /tokenizer\.json is missing/],
  ['no model.onnx', remove('model.onnx'), /model\.onnx is missing/],
  ['no head.safetensors', remove('head.safetensors'), /head\.safetensors is missing/],
  ['a card that is cut', rewrite('model.json', (b) => b.subarray(0, b.length / 2)), /model\.json is not JSON/],
  ['a card that is a list', rewrite('model.json', () => '[]'), /model\.json is not a model card/],
  ['a card that is null', rewrite('model.json', () => 'null'), /model\.json is not a model card/],
  ['a format of the future', card((c) => ({ ...c, format: 3 })), /format is 3, .* knows format 2/],
  ['a format of the past', card((c) => ({ ...c, format: 1 })), /format is 1, .* knows format 2/],
  ['a format that is text', card((c) => ({ ...c, format: 'one' })), /format is "one", .* knows format 2/],
  ['no format', card(({ format, ...c }) => c), /format/],
  ['a NaN as Python writes it', rewrite('model.json', (b) => b.toString().replace('0.95', 'NaN')), /not JSON .*NaN/],
  ['a temperature of null', card((c) => ({ ...c, temperature: null })), /temperature: .*number/],
  ['a temperature of 0', card((c) => ({ ...c, temperature: 0 })), /temperature: /],
  ['no thresholds', card((c) => ({ ...c, outOfScope: { recall: 1 } })), /outOfScope\.thresholds/],
  [
    'one threshold for all',
    card((c) => ({ ...c, outOfScope: { ...c.outOfScope, thresholds: [0] } })),
    /thresholds: .*one/,
  ],
  ['a label too few', card((c) => relabel(c, c.labels.slice(1))), /5 logits, but model\.json names 4 labels/],
  ['a label too many', card((c) => relabel(c, [...c.labels, 'x'])), /5 logits, .* names 6 labels/],
  ['a head that is empty', rewrite('head.safetensors', () => ''), /head\.safetensors: it is cut/],
  ['a head of garbage', rewrite('head.safetensors', (b) => b.map((_, i) => (i * 7919) % 256)), /head\.safetensors: /],
  ['a head without exemplars', rewrite('head.safetensors', rename('exemplars', 'exemplarz')), /has no exemplars/],
  ['a head of other numbers', rewrite('head.safetensors', rename('F32', 'F16')), /has no \w+ of the kind F32/],
  ['a head that is not finite', rewrite('head.safetensors', nan), /not finite/],
  ...[0.1, 0.3, 0.5, 0.95].map((share): [string, (folder: string) => void, RegExp] => [
    `a head cut to ${share * 100} %`,
    rewrite('head.safetensors', (b) => b.subarray(0, b.length * share)),
    /head\.safetensors: .*cut/,
  ]),
  [
    "another model's head",
    (folder) => {
      const [weight, bias] = [matrix(5, 8), matrix(1, 5)]
      const exemplars = { rows: 5, columns: 8, values: new Int8Array(40) }
      writeFileSync(join(folder, 'head.safetensors'), writeHead({ weight, bias, exemplars }))
    },
    /model\.onnx: it gives 16 numbers, but head\.safetensors takes 8/,
  ],
  ['a label twice', card((c) => relabel(c, [...c.labels.slice(1), 'greet', 'greet'])), /label occurs twice/],
  ['a limit of 2 tokens', card((c) => ({ ...c, maxTokens: 2 })), /maxTokens/],
  ['a tokenizer that is cut', rewrite('tokenizer.json', (b) => b.subarray(0, b.length / 2)), /tokenizer\.json: /],
  ['a tokenizer that is empty', rewrite('tokenizer.json', () => '{}'), /tokenizer\.json: /],
  [
    'a tokenizer without [CLS]',
    rewrite('tokenizer.json', (b) => JSON.stringify({ ...JSON.parse(b.toString()), post_processor: null })),
    /tokenizer\.json: .*\[CLS\]/,
  ],
  [
    "another model's tokenizer",
    rewrite('tokenizer.json', (b) => b.toString().replace('"track":', '"tram":9999,"track":')),
    /model\.onnx: .*out of data bounds/,
  ],
  ['a graph that is empty', rewrite('model.onnx', () => ''), /model\.onnx: /],
  ['a graph of garbage', rewrite('model.onnx', (b) => b.map((_, i) => (i * 7919) % 256)), /model\.onnx: /],
  ...[0.05, 0.3, 0.5, 0.7, 0.95].map((share): [string, (folder: string) => void, RegExp] => [
    `a graph cut to ${share * 100} %`,
    rewrite('model.onnx', (b) => b.subarray(0, b.length * share)),
    /model\.onnx: /,
  ]),
  [
    'a graph without embedding',
    rewrite('model.onnx', rename('embedding', 'embeddinx')),
    /model\.onnx: it has no output embedding, only embeddinx/,
  ],
  [
    'a graph without input_ids',
    rewrite('model.onnx', rename('input_ids', 'input_idz')),
    /model\.onnx: it has no input input_ids/,
  ],
]

describe('a model folder', () => {
  it.each(damages)('with %s is refused, and the error says so', async (_, damage, message) => {
    const folder = copyFixture()
    damage(folder)
    const opened = classifier(folder)
    await expect(opened).rejects.toMatchObject({ code: 'bad_model', message: expect.stringMatching(message) })
    await expect(opened).rejects.toThrow(folder)
  })

  it('that is not there, or is a file, is refused', async () => {
    const nowhere = classifier(join(FIXTURE, 'nowhere'))
    await expect(nowhere).rejects.toMatchObject({ code: 'bad_model', message: expect.stringMatching(/no such folder/) })
    const file = classifier(join(FIXTURE, 'model.json'))
    await expect(file).rejects.toMatchObject({
      code: 'bad_model',
      message: expect.stringMatching(/a file, not a folder/),
    })
  })

  it('that is refused leaves no thread behind', async () => {
    const threads = watchThreads()
    const folder = copyFixture()
    rewrite('model.onnx', rename('embedding', 'embeddinx'))(folder)
    await expect(classifier(folder, { workers: 3 })).rejects.toThrow('embeddinx')
    expect(threads.map((thread) => thread.threadId)).toEqual([-1, -1, -1])
  })

  it('is read whole at load: a thread that starts later does not need it', async () => {
    const threads = watchThreads()
    const folder = copyFixture()
    const nlu = await load(1, folder)
    rmSync(folder, { recursive: true })
    expect(existsSync(folder)).toBe(false)
    await threads[0]?.terminate()
    expect(await nlu.classify('where is my order?')).toMatchObject({ intent: 'track_order', outOfScope: false })
    expect(threads).toHaveLength(2)
  })
})
