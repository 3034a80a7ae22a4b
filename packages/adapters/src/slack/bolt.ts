import { type ChannelHost, ColloquyError } from '@colloquy/core'
import type { App, Logger, LogLevel, Receiver, ReceiverEvent, webApi } from '@slack/bolt'

/**
 * Only a limit is waited out inside a call: what fails in another way may have been done all the same, and whoever calls
 * looks before doing it again.
 */
export const onlyLimits = {
  retries: 5,
  minTimeout: 50,
  onFailedAttempt(error: Error) {
    if ('code' in error) throw error
  },
} as NonNullable<webApi.WebClientOptions['retryConfig']>

/** Bolt's log in ours. What it says for debugging holds what people wrote, and is left out. */
export function loggerOf(log: ChannelHost['log'], level: LogLevel): Logger {
  const line = (said: unknown[]) =>
    `slack: ${said.map((one) => (one instanceof Error ? one.message : String(one))).join(' ')}`
  return {
    debug() {},
    info: (...said) => log.debug(line(said)),
    warn: (...said) => log.warn(line(said)),
    error: (...said) => log.error(line(said)),
    setLevel() {},
    setName() {},
    getLevel: () => level,
  }
}

/**
 * Bolt acknowledges an event before its listeners run. This receiver acknowledges once they have ended well: what Slack
 * is told that we have is stored.
 */
export class DurableReceiver implements Receiver {
  private readonly underWay = new Set<Promise<void>>()
  private stopping = false

  constructor(
    private readonly inner: Receiver,
    private readonly log: ChannelHost['log'],
  ) {}

  init(app: App): void {
    this.inner.init({ processEvent: (event: ReceiverEvent) => this.hear(app, event) } as App)
  }

  private async hear(app: App, { ack, ...event }: ReceiverEvent): Promise<void> {
    // Unacknowledged, Slack brings it to whatever runs next.
    if (this.stopping) return
    // Bolt would fall over an event that is none, and Slack would bring it again.
    if ('event' in event.body && !isEvent(event.body.event)) {
      this.log.warn('slack: refused: an event that is none')
      return ack()
    }
    let answer: unknown
    const done = app.processEvent({
      ...event,
      ack: async (given) => {
        answer = given
      },
    })
    this.underWay.add(done)
    await done.finally(() => this.underWay.delete(done))
    await ack(answer)
  }

  start(): Promise<unknown> {
    return this.inner.start()
  }

  /** Takes no more, and lets what is under way end. */
  async stop(): Promise<void> {
    this.stopping = true
    await Promise.allSettled(this.underWay)
  }
}

function isEvent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** What can never be handled must not come again: it is acknowledged and logged. Anything else is not acknowledged. */
export function handleErrors(app: App, log: ChannelHost['log']): void {
  app.error(async (error) => {
    const cause = 'original' in error && error.original instanceof Error ? error.original : error
    if (!(cause instanceof ColloquyError && cause.code === 'bad_message')) {
      log.error({ err: cause }, `slack: ${cause.message}`)
      throw cause
    }
    log.warn({ err: cause }, `slack: refused: ${cause.message}`)
  })
}
