import { createHash } from 'node:crypto'
import { ColloquyError, type Json, type ModelCard } from '@colloquy/core'
import { readExamples } from './data/read.js'
import { divide } from './data/split.js'
import { prepared, readCard, type Trained, type TrainHost, type TrainOptions, train } from './train.js'

/** What of a recipe is no flag of the trainer's: how a head alone was fitted, and files whose names alone are kept. */
const NO_FLAGS = ['headOnly', 'seed', 'recall', 'init', 'teacher', 'outliers']

/** A model trained again. */
export interface Reproduced extends Trained {
  /** The card of the first model. */
  before: ModelCard
  /** What is not as it was then, such as `torch: 2.12.0, now 2.13.0`. */
  changed: string[]
}

/** What a card cannot hold: the data itself, and folders that the training began with. */
export type ReproduceOptions = Pick<TrainOptions, 'data' | 'out' | 'python' | 'init' | 'recipe'>

/**
 * Trains a model again from its card: the same data, which its hash proves, the same split, settings and seed.
 *
 * @throws {@link ColloquyError} `bad_data` where the data is not that of the model, or the recipe needs a folder that is not
 * given; as {@link train} besides.
 */
export async function reproduce(model: string, options: ReproduceOptions, host: TrainHost): Promise<Reproduced> {
  const before = await readCard(model)
  const { recipe } = before
  const seed = Number(recipe.seed)
  const hash = createHash('sha256')
    .update(prepared(divide(await readExamples(options.data), seed)))
    .digest('hex')
  if (before.data.hash !== `sha256:${hash}`) {
    const message = `${options.data.join(', ')}: not the data of ${model}, whose hash is ${before.data.hash}.`
    throw new ColloquyError('bad_data', message, 'Give the files that it was trained on, as they were then.')
  }
  for (const name of ['init', 'teacher', 'outliers'] as const) {
    const given = name === 'init' ? options.init : options.recipe?.includes(`--${name}`)
    if (recipe[name] && !given) {
      throw new ColloquyError('bad_data', `${model} was trained with --${name} ${recipe[name]}.`, `Give --${name} too.`)
    }
  }
  const flags = Object.entries(recipe).filter(([name]) => !NO_FLAGS.includes(name))
  const trained = await train(
    {
      ...options,
      seed,
      headOnly: recipe.headOnly === true,
      recall: before.outOfScope.recall,
      recipe: [
        ...(options.init === undefined ? ['--base', before.base] : []),
        ...flags.flatMap(([name, value]) => [`--${name.replaceAll('_', '-')}`, String(value)]),
        ...(options.recipe ?? []),
      ],
    },
    host,
  )
  return { ...trained, before, changed: differences(before.environment, trained.card.environment) }
}

function differences(before: Record<string, Json>, now: Record<string, Json>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name] ?? 'unknown'}, now ${now[name] ?? 'unknown'}`)
}
