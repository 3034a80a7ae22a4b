import { SingleBar } from 'cli-progress'
import type { TrainerEvent } from './fit.js'
import { duration, percent, thousands } from './format.js'

/** Shows how a training goes. */
export interface Progress {
  show(event: TrainerEvent): void
  /** Gives the terminal back. */
  stop(): void
}

const STAGES = { export: 'Exporting to ONNX', quantize: 'Quantising to int8', calibrate: 'Calibrating' }

/** On a terminal a bar with epoch, loss, validation accuracy and time left; elsewhere a line an epoch. */
export function progress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(stream) : plain((line) => stream.write(`${line}\n`))
}

function plain(say: (line: string) => void): Progress {
  let started = Date.now()
  const show = (event: TrainerEvent) => {
    if (event.event === 'start') {
      started = Date.now()
      say(opening(event))
    } else if (event.event === 'epoch') {
      const left = ((Date.now() - started) / 1000) * (event.epochs / event.epoch - 1)
      const { epoch, epochs, loss, accuracy } = event
      say(`epoch ${epoch}/${epochs}  loss ${loss.toFixed(3)}  validation ${percent(accuracy)}  ${duration(left)} left`)
    } else if (event.event === 'memory')
      say(`Out of memory: a step is computed ${event.texts} texts at a time from here on.`)
    else if (event.event === 'stage') say(`${STAGES[event.stage]}…`)
  }
  return { show, stop: () => {} }
}

function bar(stream: NodeJS.WriteStream): Progress {
  const line = plain((text) => stream.write(`${text}\n`))
  const format = 'epoch {epoch}  {bar} {percentage}%  loss {loss}  validation {accuracy}  {left} left'
  const looks = { barCompleteChar: '█', barIncompleteChar: '░', barsize: 30, hideCursor: true }
  const shown = new SingleBar({ stream, format, ...looks })
  let started = Date.now()
  let running = false
  const stop = () => {
    if (running) shown.stop()
    running = false
  }
  const show = (event: TrainerEvent) => {
    if (event.event === 'start') {
      line.show(event)
      started = Date.now()
      running = true
      shown.start(event.steps, 0, { epoch: `1/${event.epochs}`, loss: '–', accuracy: '–', left: '–' })
    } else if (event.event === 'step') {
      const left = ((Date.now() - started) / 1000) * (event.steps / event.step - 1)
      shown.update(event.step, { loss: event.loss.toFixed(3), left: duration(left) })
    } else if (event.event === 'epoch') {
      const epoch = `${Math.min(event.epoch + 1, event.epochs)}/${event.epochs}`
      shown.update({ epoch, accuracy: percent(event.accuracy) })
      if (event.epoch === event.epochs) shown.update(shown.getTotal(), { left: '0 s' })
    } else {
      if (event.event !== 'memory') stop()
      line.show(event)
    }
  }
  return { show, stop }
}

function opening({ device, train, validation, labels, epochs }: TrainerEvent & { event: 'start' }): string {
  return `Training on ${device}: ${thousands(train)} texts of ${labels} intents, ${thousands(validation)} more to validate, ${epochs} epochs.`
}

/** Shows on a terminal how much of what is to be read has been read; elsewhere nothing. */
export function byteProgress(stream: NodeJS.WriteStream): { show(read: number, all: number): void; stop(): void } {
  if (!stream.isTTY) return { show: () => {}, stop: () => {} }
  const format = '{bar} {percentage}%  {read} MB/s  {left} left'
  const shown = new SingleBar({
    stream,
    format,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
  })
  const started = Date.now()
  let running = false
  let drawn = 0
  return {
    show(read, all) {
      const now = Date.now()
      if (now - drawn < 100) return
      drawn = now
      if (!running) shown.start(all, 0)
      running = true
      const seconds = (now - started) / 1000
      shown.setTotal(all)
      shown.update(read, { read: (read / 1e6 / seconds).toFixed(0), left: duration(seconds * (all / read - 1)) })
    },
    stop: () => {
      if (running) shown.stop()
      running = false
    },
  }
}
