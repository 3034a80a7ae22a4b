import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { teams } from '@colloquy/adapters/teams'
import type { Part } from '@colloquy/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Host } from './host.js'
import { type Fields, TENANT, TeamsService } from './teams-service.js'

const ANNA = { id: '29:anna', name: 'Anna' }
const PERSONAL = { id: 'a:1', conversationType: 'personal', tenantId: TENANT }
const GROUP = { id: '19:group@thread.v2', conversationType: 'groupChat', tenantId: TENANT }
const TERMS: Part = { type: 'file', url: 'data:text/plain;base64,VGVybXM=', name: 'terms.txt' }

describe('files in Teams', () => {
  let service: TeamsService
  let host: Host
  let channel: ReturnType<typeof teams>
  let ids = 0

  beforeEach(async () => {
    service = new TeamsService('agents-hosting')
    host = new Host(() => [])
    host.file = async (url) => {
      if (url.startsWith('teams:')) return channel.file?.(url) ?? Promise.reject(new Error('nobody reads it'))
      const [type = '', body = ''] = url.slice('data:'.length).split(';base64,')
      return { name: 'file', type, bytes: Buffer.from(body, 'base64') }
    }
    await service.start()
    channel = await host.start(teams(service.options))
  })
  afterEach(async () => {
    await channel.stop()
    await service.stop()
  })

  const deliver = (more: Fields) =>
    service.post({
      type: 'message',
      id: `i${++ids}`,
      from: ANNA,
      recipient: service.bot,
      conversation: PERSONAL,
      ...more,
    })
  const attached = async (...attachments: Fields[]) => {
    await deliver({ text: 'x', attachments })
    return host.received.at(-1)?.attachments
  }
  const say = async (part: Part, conversation = PERSONAL) => {
    await deliver({ text: 'x', conversation })
    await channel.send(host.received.at(-1)?.address ?? null, { id: `o${++ids}`, parts: [part] })
    return service.calls.at(-1)?.body
  }

  it('takes what people upload, under a name that is no path', async () => {
    const content = {
      downloadUrl: 'https://contoso.sharepoint.com/download?tempauth=x',
      uniqueId: '1',
      fileType: 'pdf',
    }
    const contentType = 'application/vnd.microsoft.teams.file.download.info'
    const [file] = (await attached({ contentType, name: '..\\../../etc/<b>invoice.pdf', content })) ?? []
    expect(file).toEqual({ name: 'binvoice.pdf', type: 'application/pdf', url: content.downloadUrl })
  })

  it("reads images from the service with the bot's token", async () => {
    const bytes = new TextEncoder().encode('picture')
    const contentUrl = service.attach({ name: 'a.png', type: 'image/png', bytes })
    const [image] = (await attached({ contentType: 'image/*', contentUrl })) ?? []
    expect(image).toMatchObject({ type: 'image/png', url: `teams:${contentUrl}` })
    expect(await channel.file?.(image?.url ?? '')).toMatchObject({ type: 'image/png', bytes: Buffer.from(bytes) })
  })

  it('takes its token nowhere else, whatever an attachment says', async () => {
    const asked: (string | undefined)[] = []
    const evil = createServer((request, response) => {
      asked.push(request.headers.authorization)
      response.end()
    }).listen(0, '127.0.0.1')
    const at = `http://127.0.0.1:${await vi.waitFor(() => (evil.address() as AddressInfo).port)}/`
    const others = [at, 'http://169.254.169.254/latest/meta-data', 'file:///etc/passwd', `${service.url}@evil.example`]
    for (const contentUrl of others) {
      const [image] = (await attached({ contentType: 'image/png', contentUrl })) ?? []
      if (!contentUrl.startsWith(service.url)) expect(image?.url).toBe(contentUrl)
      if (!contentUrl.startsWith(service.url))
        await expect(channel.file?.(`teams:${contentUrl}`)).rejects.toMatchObject({ code: 'bad_message' })
    }
    evil.close()
    expect(asked).toEqual([])
  })

  it('knows after a restart which services have proved themselves', async () => {
    const contentUrl = service.attach({ name: 'a.png', type: 'image/png', bytes: new Uint8Array([1]) })
    const [image] = (await attached({ contentType: 'image/png', contentUrl })) ?? []
    await channel.stop()
    channel = await host.start(teams(service.options))
    expect((await channel.file?.(image?.url ?? ''))?.bytes).toHaveLength(1)
  })

  it('asks a person before it gives a file, and uploads it once they agree', async () => {
    await say(TERMS)
    await vi.waitFor(() => {
      expect(service.in('a:1').at(0)?.file).toEqual({ name: 'terms.txt', bytes: 5 })
      expect(JSON.stringify(service.in('a:1').at(-1)?.activity)).toContain('file.info')
    })
  })

  it('uploads nothing that was not offered there, nor to where no files of Teams are', async () => {
    service.agrees = false
    const offer = await say(TERMS)
    const [consent] = (offer?.attachments ?? []) as { content: { acceptContext: object } }[]
    const context = consent?.content.acceptContext
    const accept = (uploadUrl: string, more: Fields = {}) =>
      deliver({
        type: 'invoke',
        name: 'fileConsent/invoke',
        value: { action: 'accept', context, uploadInfo: { uploadUrl } },
        ...more,
      })
    const evil = ['http://169.254.169.254/', 'https://evil.example/', 'https://evil.example/.sharepoint.com/', 'x']
    for (const url of evil) expect(await accept(url)).toBe(400)
    const uploads = `${service.url}upload/${service.in('a:1').at(-1)?.id}`
    expect(await accept(uploads, { conversation: { ...PERSONAL, id: 'a:2' } })).toBe(200)
    expect(service.in('a:1').at(-1)?.file).toBeUndefined()
    expect(await accept(uploads)).toBe(200)
    expect(service.in('a:1').at(0)?.file?.bytes).toBe(5)
    const before = service.calls.length
    expect(await accept(uploads)).toBe(200)
    expect(service.calls).toHaveLength(before)
  })

  it('sends small images inside the message, and large ones as files', async () => {
    const image = (size: number): Part => ({
      ...{ type: 'image', alt: 'A shoe' },
      url: `data:image/png;base64,${Buffer.alloc(size).toString('base64')}`,
    })
    expect(JSON.stringify(await say(image(100)))).toContain('"contentUrl":"data:image/png;base64,AAAA')
    service.agrees = false
    expect(JSON.stringify(await say(image(100_000)))).toContain('file.consent')
    expect(await say(image(100_000), GROUP)).toMatchObject({ text: '📎 A shoe' })
  })

  it('gives a link to what is on the web, and a name where it is gone', async () => {
    expect(await say({ type: 'file', url: 'https://shop.example/a b(1).pdf', name: 'Terms [new]' })).toMatchObject({
      text: '[Terms new](https://shop.example/a%20b%281%29.pdf)',
    })
    expect(await say({ type: 'file', url: 'teams:https://gone.example/x', name: 'gone.txt' })).toMatchObject({
      text: '📎 gone.txt',
    })
  })
})
