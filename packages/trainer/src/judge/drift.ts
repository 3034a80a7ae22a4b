import type { Encoder, LogEvent } from '@colloquy/core'
import { answer, type Model } from '@colloquy/core/model'
import { sum } from '../data/choose.js'
import { Figures, type Usual } from './figures.js'
import { shareInterval } from './intervals.js'

/** From where on a difference is worth an alert. */
export interface DriftLimits {
  /** By how much more may be out of scope, as a share (0.1). */
  outOfScope?: number
  /** By how much the mean margin may be less, as a probability (0.1). */
  margin?: number
  /** How far the mix of intents may move: the population stability index, less what chance makes of it (0.25). */
  mix?: number
  /** How far the centroid may move, in standard deviations of a text from it, less what chance makes of it (0.25). */
  centroid?: number
}

/** A figure beside what is usual; `shift` is how far it has moved in the direction that matters, null where nothing is usual. */
export interface Moved {
  value: number
  shift: number | null
  alert: boolean
}

/** What was said in one day, or in all. */
export interface DriftRow {
  /** ISO 8601 and UTC, or `all`. */
  day: string
  /** Utterances that were read for their intent. */
  turns: number
  outOfScope: Moved
  /** Of the first intent over the second. */
  margin: Moved
  /** The shift alone is a figure: the value repeats it. */
  mix: Moved
  centroid: Moved
  /** Intents whose share has changed most, of what is in scope. */
  movers: { intent: string; share: number; usual: number }[]
}

/** How what is said to a bot differs from what is usual. */
export interface Drift {
  /** Undefined where the card tells nothing of it and no earlier time was given. */
  usual: Usual | undefined
  /** The days in order. */
  days: DriftRow[]
  all: DriftRow | undefined
}

/** Fewer utterances tell nothing by themselves. */
const LEAST = 50
const MOVERS = 5
/** Utterances in flight. */
const TOGETHER = 64
/** The normal distribution's 97.5 % point. */
const Z = 1.959964

/**
 * Reads from a bot's log how what is said to it has moved away from what its model was validated on. The model given reads
 * every utterance anew, whichever one answered it then.
 *
 * @param since Milliseconds since 1970: with it, what the log has before is what is usual, in place of validation.
 */
export async function drift(
  events: AsyncIterable<LogEvent>,
  { head, card }: Pick<Model, 'head' | 'card'>,
  encoder: Pick<Encoder, 'embed'>,
  { since, ...limits }: DriftLimits & { since?: number },
  signal: AbortSignal,
): Promise<Drift> {
  const before = new Figures()
  const all = new Figures()
  const days = new Map<string, Figures>()
  const read = async (batch: { text: string; at: number }[]) => {
    signal.throwIfAborted()
    const embeddings = await Promise.all(batch.map(({ text }) => encoder.embed(text)))
    for (const [i, { at }] of batch.entries()) {
      const day = new Date(at).toISOString().slice(0, 10)
      if (since === undefined || at >= since) days.set(day, days.get(day) ?? new Figures())
      const embedding = embeddings[i] as Float32Array
      const said = answer(embedding, head, card)
      if (since !== undefined && at < since) before.add(embedding, said)
      else for (const figures of [all, days.get(day) as Figures]) figures.add(embedding, said)
    }
  }
  let batch: { text: string; at: number }[] = []
  for await (const event of events) {
    // An answer to a question is no example of an intent.
    if (event.type !== 'customer' || !event.understanding || event.decision === 'answer') continue
    batch.push(event)
    if (batch.length < TOGETHER) continue
    await read(batch)
    batch = []
  }
  await read(batch)
  const usual = since === undefined ? card.usual : before.turns > 0 ? before.usual : undefined
  return {
    usual,
    days: [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, { usual: now }]) => row(day, now, usual, limits)),
    all: all.turns > 0 ? row('all', all.usual, usual, limits) : undefined,
  }
}

/** Every alert in words. */
export function alerts({ days, all }: Drift): string[] {
  const named = { outOfScope: 'out of scope', margin: 'margin', mix: 'mix of intents', centroid: 'centroid' } as const
  return [...days, ...(all ? [all] : [])].flatMap((one) =>
    Object.entries(named)
      .filter(([name]) => one[name as keyof typeof named].alert)
      .map(([, told]) => `${one.day}: ${told}`),
  )
}

function row(day: string, now: Usual, usual: Usual | undefined, limits: DriftLimits): DriftRow {
  const { outOfScope = 0.1, margin = 0.1, mix = 0.25, centroid = 0.25 } = limits
  const enough = usual !== undefined && now.turns >= LEAST
  const [fewest] = shareInterval(Math.round(now.outOfScope * now.turns), now.turns)
  const error = (Z * now.margin.deviation) / Math.sqrt(now.turns)
  const moved = usual && { mix: mixShift(now, usual), centroid: centroidShift(now, usual) }
  const over = (shift: number | undefined, limit: number) => enough && shift !== undefined && shift > limit
  return {
    day,
    turns: now.turns,
    outOfScope: {
      value: now.outOfScope,
      shift: usual ? now.outOfScope - usual.outOfScope : null,
      // Surely more, not by chance.
      alert: over(usual && fewest - usual.outOfScope, outOfScope),
    },
    margin: {
      value: now.margin.mean,
      shift: usual ? usual.margin.mean - now.margin.mean : null,
      alert: over(usual && usual.margin.mean - now.margin.mean - error, margin),
    },
    mix: { value: moved?.mix ?? 0, shift: moved?.mix ?? null, alert: over(moved?.mix, mix) },
    centroid: { value: moved?.centroid ?? 0, shift: moved?.centroid ?? null, alert: over(moved?.centroid, centroid) },
    movers: usual ? movers(now, usual) : [],
  }
}

/** The intents of either, with how often each was found; half a time more, so that none was found never. */
function shares(now: Usual, usual: Usual) {
  const intents = [...new Set([...Object.keys(now.intents), ...Object.keys(usual.intents)])]
  const count = (of: Usual, intent: string) => (of.intents[intent] ?? 0) + 0.5
  const total = (of: Usual) => sum(intents.map((intent) => count(of, intent)))
  const [all, usually] = [total(now), total(usual)]
  return intents.map((intent) => ({ intent, share: count(now, intent) / all, usual: count(usual, intent) / usually }))
}

/**
 * The population stability index of the intents. With many intents and few turns chance alone makes it large: what is to be
 * expected of chance, `(intents - 1) * (1 / texts + 1 / usual texts)` (Yurdakul 2018), is taken off.
 */
function mixShift(now: Usual, usual: Usual): number {
  const found = shares(now, usual)
  const index = sum(found.map((one) => (one.share - one.usual) * Math.log(one.share / one.usual)))
  const [count, usually] = [now, usual].map(({ intents }) => sum(Object.values(intents))) as [number, number]
  return Math.max(0, index - (found.length - 1) * (1 / count + 1 / usually))
}

/**
 * The distance between the two centroids, in standard deviations of a text from its own. Unit vectors around a mean `m` have
 * the variance `1 - |m|²`, and of means of `n` of them chance alone makes differ `1 / n` of it.
 */
function centroidShift(now: Usual, usual: Usual): number {
  const distance = sum(now.centroid.map((value, i) => (value - (usual.centroid[i] ?? 0)) ** 2))
  const variance = 1 - sum(usual.centroid.map((value) => value ** 2))
  return Math.sqrt(Math.max(0, distance / variance - 1 / now.turns - 1 / usual.turns))
}

function movers(now: Usual, usual: Usual): DriftRow['movers'] {
  const weight = (one: DriftRow['movers'][number]) => (one.share - one.usual) * Math.log(one.share / one.usual)
  return shares(now, usual)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, MOVERS)
}
