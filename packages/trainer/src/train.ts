import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { ColloquyError, type ModelCard, modelCard } from '@colloquy/core'
import { type Example, readExamples } from './data/read.js'
import { divide, type Parts } from './data/split.js'
import { type Draft, draft } from './draft.js'
import { type Evaluation, evaluateFolder } from './evaluate.js'
import { fit, type TrainerEvent } from './fit.js'
import { folderSize } from './folder.js'
import { fileNames } from './format.js'
import { fitHead } from './head/fit.js'
import { type Usual, usualOf } from './judge/figures.js'
import { golden } from './judge/golden.js'
import { findPython } from './python.js'
import { report } from './report/report.js'

/** Where a model comes from and goes to. */
export interface TrainOptions {
  /** JSONL files of utterances or conversations, see {@link readExamples}. */
  data: string[]
  /** The model folder to write; an older model in it is replaced once the new one is finished. */
  out: string
  /** A folder for a second, unquantised model. */
  fp32?: string
  /** A Python interpreter that has the packages; without it a virtual environment is made on first use. */
  python?: string
  /** Of the split and of all random numbers in training. Default: 0. */
  seed?: number
  /** A model folder to start from, instead of a base encoder. */
  init?: string
  /** Fits the head alone on the encoder of `init`, which takes seconds and no Python. */
  headOnly?: boolean
  /** Share of validation texts that the out-of-scope thresholds keep. */
  recall?: number
  /** Further flags of `python -m colloquy_trainer`, such as `['--epochs', '5']`. */
  recipe?: string[]
}

/** Where a training tells what it does, and what ends it. */
export interface TrainHost {
  /** Aborting it ends the training and leaves nothing behind. */
  signal: AbortSignal
  /** A line on what is happening. */
  say(line: string): void
  onEvent(event: TrainerEvent): void
}

/** A finished model. */
export interface Trained {
  out: string
  card: ModelCard
  /** Size of the folder. */
  bytes: number
  /** From reading the data to the finished folder. */
  seconds: number
  /** Of the validation part, through the classifier that a bot uses. */
  evaluation: Evaluation
}

/**
 * Trains a classifier and writes its model folder, whole or not at all.
 *
 * @throws {@link ColloquyError} `bad_data` for data or a base encoder that cannot be trained on, `missing_dependency`
 * without a usable Python; an Error where Python dies; the signal's reason where it aborts.
 * @example
 * ```ts
 * const { evaluation } = await train({ data: ['bank.jsonl.gz'], out: 'model' }, {
 *   signal: AbortSignal.timeout(3_600_000), say: console.log, onEvent: () => {},
 * })
 * ```
 */
export async function train(options: TrainOptions, host: TrainHost): Promise<Trained> {
  const { data, out, fp32, seed = 0, init, recall } = options
  const started = Date.now()
  const parts = divide(await readExamples(data), seed)
  for (const note of notes(parts)) host.say(note)
  if (fp32 !== undefined && resolve(fp32) === resolve(out)) {
    throw new ColloquyError('bad_data', '--fp32 and --out are the same folder.', 'Choose another for --fp32.')
  }
  const model = await draft(out)
  let exact: Draft | undefined
  try {
    if (fp32 !== undefined) exact = await draft(fp32)
    const rows = prepared(parts)
    if (options.headOnly) {
      const hash = `sha256:${createHash('sha256').update(rows).digest('hex')}`
      host.say('Fitting the head…')
      await fitHead({ init: encoderOf(options), out: model.path, parts, hash, seed, recall }, host.signal)
    } else {
      const python = await findPython({ python: options.python, signal: host.signal, say: host.say })
      const file = join(model.scratch, 'prepared.jsonl')
      await writeFile(file, rows)
      const named = { data: file, out: model.path, fp32: exact?.path, seed, init, recall }
      const flags = Object.entries(named).flatMap(([name, value]) =>
        value === undefined ? [] : [`--${name}`, String(value)],
      )
      host.say('Loading PyTorch and the encoder to start from…')
      await fit(python, [...flags, ...(options.recipe ?? [])], host)
    }

    host.say('Evaluating through the classifier that a bot uses…')
    const { evaluation, predictions } = await evaluateFolder(
      model.path,
      [...parts.validation, ...parts.outOfScope],
      host.signal,
    )
    await writeFile(join(model.path, 'golden.jsonl'), golden(predictions))
    const card = await record(model.path, evaluation, await usualOf(model.path, parts.validation, host.signal))
    const subject = { name: basename(resolve(out)), card, evaluation, data: `validation part of ${fileNames(data)}` }
    const page = report({ ...subject, bytes: await folderSize(model.path) })
    await writeFile(join(model.path, 'report.html'), page)
    const bytes = await folderSize(model.path)
    host.signal.throwIfAborted()
    await exact?.publish()
    await model.publish()
    return { out, card, bytes, seconds: (Date.now() - started) / 1000, evaluation }
  } finally {
    await exact?.discard()
    await model.discard()
  }
}

function encoderOf({ init, fp32 }: TrainOptions): string {
  if (init === undefined) {
    throw new ColloquyError('bad_data', 'A head needs an encoder to sit on.', 'Name a model folder with --init.')
  }
  if (fp32 !== undefined) {
    throw new ColloquyError('bad_data', 'A head alone has no second, unquantised model.', 'Leave out --fp32.')
  }
  return init
}

/** The card of a model folder. */
export async function readCard(folder: string): Promise<ModelCard> {
  return modelCard.parse(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')))
}

/** What the card says of accuracy, calibration and of what is usual is then what production will do and see. */
async function record(
  folder: string,
  { accuracy, macroF1, ece, outOfScope }: Evaluation,
  usual: Usual,
): Promise<ModelCard> {
  const card = { ...(await readCard(folder)), usual }
  const measured = { accuracy, macroF1, ece, outOfScopeRate: outOfScope.rate }
  for (const [name, value] of Object.entries(measured)) card.metrics[name] = Number(value.toFixed(4))
  // A line for each of hundreds of numbers would bury the rest.
  const json = JSON.stringify(card, null, 2).replace(/\[[\s\d.,e-]+\]/g, (numbers) => numbers.replace(/\s+/g, ''))
  await writeFile(join(folder, 'model.json'), `${json}\n`)
  return card
}

/** What the Python half reads: JSON lines, whose hash the card keeps. */
export function prepared({ train, validation }: Parts): string {
  const rows = (examples: Example[], split: 'train' | 'validation') =>
    examples.map(({ text, intent }) => `${JSON.stringify({ text, intent, split })}\n`)
  return [...rows(train, 'train'), ...rows(validation, 'validation')].join('')
}

function notes({ contradictions, merged, alsoInTest, alsoInTraining, outOfScope }: Parts): string[] {
  const counted: [number, string][] = [
    [merged, 'exact copies of other examples are counted once.'],
    [alsoInTest, 'training texts also occur in the test part: trained on, and kept out of validation.'],
    [alsoInTraining, 'validation texts also occur in training: validation will look better than it is.'],
    [outOfScope.length, 'examples labelled "oos" are not trained on: they measure what is turned away.'],
  ]
  const said = counted.filter(([count]) => count > 0).map(([count, what]) => `Note: ${count} ${what}`)
  const [some] = contradictions
  if (!some) return said
  const ties = contradictions.filter(({ kept }) => kept === undefined).length
  const fate = `of each the commonest counts, or where none is (${ties}), the text is left out`
  const labels = some.labels.map(({ intent, place }) => `${intent} (${place})`).join(' and ')
  const example = `${JSON.stringify(some.labels[0]?.text)} is ${labels}`
  return [...said, `Note: texts with several intents: ${contradictions.length}; ${fate}. ${example}.`]
}
