import { teams } from '@colloquy/adapters/teams'
import type { Channel } from '@colloquy/core'
import type { JWTPayload } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Host } from './host.js'
import { type Fields, TENANT, TeamsService } from './teams-service.js'

const ANNA = { id: '29:anna', name: 'Anna' }

describe.each(['botbuilder', 'agents-hosting'] as const)('who may talk to a bot in Teams, on %s', (library) => {
  let service: TeamsService
  let host: Host
  let channel: Channel

  beforeEach(async () => {
    service = new TeamsService(library)
    host = new Host()
    await service.start()
    channel = await host.start(teams({ ...service.options, tenants: [TENANT] }))
  })
  afterEach(async () => {
    await channel.stop()
    await service.stop()
  })

  const hello = (more: Fields = {}): Fields => ({
    ...{ type: 'message', id: 'm1', text: 'hello', from: ANNA, recipient: service.bot },
    conversation: { id: 'a:1', conversationType: 'personal', tenantId: TENANT },
    ...more,
  })

  it('takes a delivery with a good token', async () => {
    expect(await service.post(hello())).toBe(200)
    expect(host.received).toMatchObject([{ text: 'hello', person: 'teams:29:anna' }])
    expect(host.warnings).toEqual([])
  })

  const bad: [string, JWTPayload, (string | number)?][] = [
    ['another audience', { aud: '00000000-0000-0000-0000-000000000000' }],
    ['another issuer', { iss: 'https://login.bots.example/evil' }],
    ["the issuer of an organisation's own apps", { iss: `https://sts.windows.net/${TENANT}/` }],
    ['another service URL', { serviceurl: 'https://evil.example/' }],
    ['no service URL', { serviceurl: undefined }],
    ['an end that has passed', {}, Math.floor(Date.now() / 1000) - 3600],
  ]
  it.each(bad)('refuses a token with %s', async (_what, claims, expires) => {
    expect(await service.post(hello(), await service.token(claims, undefined, expires))).toBe(401)
    expect(host.received).toEqual([])
  })

  it('refuses no token, and rubbish for one', async () => {
    expect(await service.post(hello(), null)).toBe(401)
    for (const token of ['', 'x', 'a.b.c', `${await service.token()}x`]) {
      expect(await service.post(hello(), token)).toBe(401)
    }
    expect(host.received).toEqual([])
  })

  it('refuses a token that is not signed, or by somebody else', async () => {
    const [, payload] = (await service.token()).split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
    expect(await service.post(hello(), `${none}.${payload}.`)).toBe(401)
    expect(await service.post(hello(), await service.forged())).toBe(401)
    expect(host.received).toEqual([])
  })

  it('sends no token of its own where the delivery says that it should answer elsewhere', async () => {
    expect(await service.post(hello({ serviceUrl: 'https://evil.example/' }))).toBe(401)
    expect(service.calls).toEqual([])
  })

  it('refuses other tenants, and says which', async () => {
    const other = { id: 'a:1', conversationType: 'personal', tenantId: 'evil' }
    expect(await service.post(hello({ conversation: other }))).toBe(403)
    expect(host.received).toEqual([])
    expect(host.warnings.join()).toContain('"tenant":"evil"')
  })

  it('hands over a delivery that is replayed under the id that is known already', async () => {
    const token = await service.token()
    await service.post(hello(), token)
    await service.post(hello(), token)
    expect(host.received.map(({ id }) => id)).toEqual(['m1', 'm1'])
    expect(service.calls.filter(({ body }) => body.type === 'message')).toHaveLength(1)
  })

  it('writes neither tokens nor passwords into its log', async () => {
    const tokens = [await service.forged(), await service.token({ aud: 'x' }), await service.token()]
    for (const token of tokens) await service.post(hello({ from: { id: '29:anna', name: token } }), token)
    service.refusing = { status: 400, calls: 1 }
    await channel
      .send(host.received[0]?.address ?? null, { id: 'x', parts: [{ type: 'text', text: 'x' }] })
      .catch((error) => {
        host.log.error({ err: error })
      })
    const log = host.warnings.join('\n')
    expect(log).toContain('refused')
    for (const secret of [...tokens, 'bot-token', 'a secret']) expect(log).not.toContain(secret)
  })

  it('refuses what is too large, too deep, or no activity, without reading it to its end', async () => {
    expect(await service.post(hello({ text: 'x'.repeat(1_100_000) }))).toBe(413)
    let deep: unknown = 1
    for (let n = 0; n < 2000; n++) deep = [deep]
    expect(await service.post(hello({ value: deep }))).toBe(400)
    for (const rubbish of [{ type: '' }, { from: 7 }, { conversation: ['?'] }, { serviceUrl: 'file:///etc/passwd' }]) {
      expect(await service.post(hello(rubbish))).toBe(400)
    }
    expect(host.received).toEqual([])
  })

  it('asks for tokens of its own by its password, and says what to check where it gets none', async () => {
    await channel.stop()
    channel = await host.start(teams({ ...service.options, password: 'wrong' }))
    const address = {
      channelId: 'msteams',
      service: service.url,
      conversation: 'a:1',
      type: 'personal',
      tenant: TENANT,
    }
    const sent = channel.send({ ...address, bot: service.bot }, { id: 'x', parts: [{ type: 'text', text: 'x' }] })
    await expect(sent).rejects.toMatchObject({
      code: 'channel_failed',
      message: expect.stringContaining('client secret'),
    })
  })

  it('answers this machine only where it has no app id', async () => {
    await channel.stop()
    host = new Host(() => [])
    channel = await host.start(teams({ library, port: service.options.port }))
    expect(await service.post(hello(), null)).toBe(200)
    expect(host.warnings.join()).toContain('nobody is checked')
  })
})
