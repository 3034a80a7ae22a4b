import type { IncomingMessage } from 'node:http'

/** Which sites' pages may talk to a server: its own, and those that are listed; `*` lists all. */
export class Origins {
  constructor(private readonly listed: string[]) {}

  /** The same for libraries that send those headers themselves. */
  get cors(): { origin: string | string[] } {
    return { origin: this.listed.includes('*') ? '*' : this.listed }
  }

  /** Requests that no page makes carry no origin. */
  allows({ headers: { origin, host } }: IncomingMessage): boolean {
    return origin === undefined || this.lists(origin) || hostOf(origin) === host
  }

  /** The headers that let a page of a listed site read an answer (CORS). */
  headers({ headers: { origin } }: IncomingMessage): Record<string, string> {
    if (origin === undefined || !this.lists(origin)) return { vary: 'origin' }
    return {
      vary: 'origin',
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type, last-event-id',
      'access-control-max-age': '7200',
    }
  }

  private lists(origin: string): boolean {
    return this.listed.includes('*') || this.listed.includes(origin)
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

/** Whether a URL belongs to a service. */
export function sameOrigin(url: string, service: string): boolean {
  return URL.canParse(url) && new URL(url).origin === new URL(service).origin
}
