import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ChannelHost, ColloquyError, reason } from '@colloquy/core'
import type { AuthStrategy, Client } from 'whatsapp-web.js'

/** How long a page that neither asks for a scan nor gets ready is waited for, in milliseconds. */
const SILENCE = 120_000
/** A lost connection is made again after 1, 2, 4, … seconds, at most this many milliseconds. */
const BACKOFF = 60_000
/** How long a call waits for the connection, and a browser may take to close, in milliseconds. */
const PATIENCE = 15_000
const GRACE = 5000

/** What puppeteer says of a page that is no more, where nothing else tells. */
const GONE = /detached|(target|session|connection) closed/i

/** A client that is made anew whenever its browser, its page or its session is lost. Emits `ready` and `qr`. */
export class Connection extends EventEmitter<{ ready: [Client]; qr: [string] }> {
  private current: Client | undefined
  private online: Client | undefined
  private attempt = 0
  private initialized: Promise<void> = Promise.resolve()
  private reconnected: Promise<void> = Promise.resolve()
  private readonly stopped = new AbortController()
  private retry: NodeJS.Timeout | undefined
  private silence: NodeJS.Timeout | undefined

  constructor(
    private readonly make: () => Client,
    private readonly log: ChannelHost['log'],
  ) {
    super()
  }

  /** @throws {@link ColloquyError} `channel_failed` where the browser cannot be started; a page that fails is tried again. */
  async start(): Promise<void> {
    const client = this.make()
    await this.launch(client).catch(async (cause) => {
      if (client.pupBrowser) return this.lost(client, reason(cause))
      await this.stop()
      const hint =
        'Install Chrome or Chromium and name it in the option executablePath; as root it needs client.puppeteer.args ["--no-sandbox"].'
      throw new ColloquyError('channel_failed', `WhatsApp's browser cannot be started: ${reason(cause)}.`, hint, {
        cause,
      })
    })
  }

  /** Calls the library, once it is connected: what it throws may be a mere string. */
  async call<T>(what: string, work: (client: Client) => Promise<T>): Promise<T> {
    const waiting = AbortSignal.any([this.stopped.signal, AbortSignal.timeout(PATIENCE)])
    if (!this.online) await once(this, 'ready', { signal: waiting }).catch(() => {})
    const client = this.online
    if (!client) throw new ColloquyError('channel_failed', `WhatsApp is not connected: ${what} waits.`)
    try {
      return await work(client)
    } catch (cause) {
      if (cause instanceof ColloquyError) throw cause
      if (GONE.test(reason(cause))) this.lost(client, reason(cause))
      throw new ColloquyError('channel_failed', `WhatsApp failed: ${what}: ${reason(cause)}`, '', { cause })
    }
  }

  /** Closes the browser, also one that has only begun to start. */
  async stop(): Promise<void> {
    this.stopped.abort()
    clearTimeout(this.retry)
    clearTimeout(this.silence)
    const client = this.current
    const settled = this.initialized.then(
      () => true,
      () => true,
    )
    while (client && !client.pupBrowser && !(await Promise.race([settled, sleep(50)])));
    if (client) await this.close(client)
    await Promise.all([settled, this.reconnected])
    this.current = undefined
    this.online = undefined
  }

  private async launch(client: Client): Promise<void> {
    this.current = client
    this.watch(client)
    this.initialized = client.initialize()
    await this.initialized
    client.pupBrowser?.on('disconnected', () => this.lost(client, 'the browser has ended'))
    client.pupPage?.on('error', (error) => this.lost(client, `the page has crashed: ${reason(error)}`))
    if (!client.pupBrowser?.connected) this.lost(client, 'the browser has ended')
    // Whatever the library starts by itself from now on, nobody waits for.
    guard(client, 'inject', (error) => this.lost(client, reason(error)))
  }

  private watch(client: Client): void {
    const { authStrategy } = client as unknown as { authStrategy: AuthStrategy }
    const note = (error: unknown) =>
      this.log.warn({ reason: reason(error) }, 'whatsapp: the browser was not left cleanly')
    guard(client, 'destroy', note)
    guard(authStrategy, 'logout', note)
    const launched = authStrategy.afterBrowserInitialized.bind(authStrategy)
    authStrategy.afterBrowserInitialized = async () => {
      // A browser that is killed breaks its pipes, and puppeteer no longer listens then.
      for (const pipe of client.pupBrowser?.process()?.stdio ?? []) pipe?.on('error', () => {})
      await launched()
    }
    this.await(client)
    client.on('qr', (code) => {
      clearTimeout(this.silence)
      this.emit('qr', code)
    })
    client.on('authenticated', () => this.await(client))
    client.on('ready', () => {
      if (client !== this.current) return
      clearTimeout(this.silence)
      this.attempt = 0
      this.online = client
      this.emit('ready', client)
    })
    client.on('auth_failure', (why) => this.lost(client, `the login failed: ${why}`))
    client.on('disconnected', (why: string) => {
      if (why !== 'LOGOUT') return this.lost(client, why)
      // The library goes back to the code by itself.
      this.online = undefined
      this.await(client)
      this.log.error('whatsapp: the phone has unlinked this device: scan the code again')
    })
  }

  private await(client: Client): void {
    clearTimeout(this.silence)
    const hint = 'It may have changed: update whatsapp-web.js, or pin client.webVersion.'
    this.silence = setTimeout(() => this.lost(client, `WhatsApp Web did not get ready. ${hint}`), SILENCE)
  }

  private lost(client: Client, why: string): void {
    if (client !== this.current || this.stopped.signal.aborted) return
    this.current = undefined
    this.online = undefined
    clearTimeout(this.silence)
    const retryInMs = Math.min(2 ** this.attempt++ * 1000, BACKOFF)
    this.log.warn({ retryInMs }, `whatsapp: the connection is lost: ${why}`)
    this.reconnected = this.close(client)
    this.retry = setTimeout(() => {
      this.reconnected = this.reconnected.then(async () => {
        if (this.stopped.signal.aborted) return
        const next = this.make()
        await this.launch(next).catch((error) => this.lost(next, reason(error)))
      })
    }, retryInMs)
  }

  private async close(client: Client): Promise<void> {
    const browser = client.pupBrowser?.process()
    await Promise.race([client.destroy(), sleep(GRACE)])
    if (!browser || browser.exitCode !== null || browser.signalCode !== null) return
    browser.kill('SIGKILL')
    await once(browser, 'exit')
  }
}

/** The library calls some of its methods without waiting for them: what they throw would end the process. */
function guard(target: object, name: string, failed: (error: unknown) => void): void {
  const methods = target as Record<string, (...args: unknown[]) => Promise<unknown>>
  const method = methods[name]?.bind(target)
  methods[name] = async (...args) => method?.(...args).catch(failed)
}
