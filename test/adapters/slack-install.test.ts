import { readFileSync } from 'node:fs'
import { slack } from '@colloquy/adapters/slack'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Host } from './host.js'
import { CUSTOMER, SECRET, SlackRemote } from './slack-remote.js'
import { BOT, TEAM } from './slack-service.js'

const MANIFEST = JSON.parse(readFileSync(new URL('../../docs/slack-manifest.json', import.meta.url), 'utf8'))
const INSTALLED = 'xoxb-of-an-installation'

let remote: SlackRemote
let host: Host
let channel: ReturnType<typeof slack>

beforeEach(async () => {
  remote = await SlackRemote.start()
  remote.service.methods['oauth.v2.access'] = ({ code }) => {
    if (code !== 'good') throw new Error('invalid_code')
    return {
      app_id: 'A1',
      token_type: 'bot',
      access_token: INSTALLED,
      bot_user_id: BOT,
      scope: 'chat:write,chat:write.customize',
      team: { id: TEAM, name: 'The shop' },
      enterprise: null,
      is_enterprise_install: false,
      authed_user: { id: 'UANNA' },
    }
  }
  host = new Host()
  channel = await host.start(app())
})
afterEach(async () => {
  await channel.stop()
  await remote.stop()
})

function app() {
  const oauth = { clientId: '1.2', clientSecret: 'client-secret', stateSecret: 'state-secret' }
  return slack({ apiUrl: remote.service.apiUrl, signingSecret: SECRET, port: remote.port, oauth })
}

const at = (path: string, cookie = '') =>
  fetch(`http://127.0.0.1:${remote.port}/slack/${path}`, { headers: { cookie } })

/** Somebody presses "Add to Slack", and Slack sends them back. */
async function install(code = 'good', forged?: string): Promise<number> {
  const page = await at('install')
  const [cookie = ''] = page.headers.getSetCookie()
  const [, link = ''] = /href="([^"]*authorize[^"]*)"/.exec(await page.text()) ?? []
  const url = new URL(link.replace(/&amp;/g, '&'))
  expect(url.searchParams.get('scope')?.split(',')).toEqual(MANIFEST.oauth_config.scopes.bot)
  const state = forged ?? url.searchParams.get('state') ?? ''
  return (await at(`oauth_redirect?${new URLSearchParams({ code, state })}`, cookie.split(';')[0])).status
}

it('serves every workspace that has installed the app, with its own token, also after a restart', async () => {
  await remote.write('before')
  expect(await install()).toBe(200)
  await remote.write('after')
  await channel.stop()
  channel = await host.start(app())
  await remote.write('later')
  await remote.event({ user: 'UEVE', channel: CUSTOMER, channel_type: 'im', text: 'from elsewhere' }, 'T2')
  expect(host.received.map(({ text }) => text)).toEqual(['after', 'later'])
  const posted = remote.service.calls.filter(({ method }) => method === 'chat.postMessage')
  expect(posted.map(({ token }) => token)).toEqual([INSTALLED, INSTALLED])
})

it('installs nothing for whoever has not begun at its own page', async () => {
  expect(await install('good', 'forged')).toBe(400)
  expect(await install('bad')).toBe(500)
  await remote.write('hello')
  expect(host.received).toEqual([])
})

it('forgets a workspace that removes the app or takes its token back', async () => {
  const address = { team: TEAM, channel: CUSTOMER }
  const say = () => channel.send(address, { id: 'c.1.1', parts: [{ type: 'text', text: 'Hello' }] })
  for (const event of [{ type: 'app_uninstalled' }, { type: 'tokens_revoked', tokens: { oauth: [], bot: [BOT] } }]) {
    await install()
    await remote.event({ type: 'tokens_revoked', tokens: { oauth: ['UANNA'] } })
    await say()
    await remote.event(event)
    await expect(say()).rejects.toMatchObject({ code: 'bad_message' })
    expect(await host.kept.get(`installation:${TEAM}`)).toBeUndefined()
  }
})

it('brings an event again that came while the store could not be asked who has the app', async () => {
  await install()
  const { get } = host.kept
  host.kept.get = () => Promise.reject(new Error('the store is away'))
  await expect(remote.write('hello')).rejects.toThrow('500')
  host.kept.get = get
  await remote.redeliver()
  expect(host.received.map(({ text }) => text)).toEqual(['hello'])
})
