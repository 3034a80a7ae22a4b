import { teams } from '@colloquy/adapters/teams'
import { afterEach, expect, it, vi } from 'vitest'
import { Host } from './host.js'

const absent = (name: string) =>
  vi.doMock(name, () => {
    throw new Error(`Cannot find package '${name}'`)
  })

afterEach(() => {
  vi.doUnmock('botbuilder')
  vi.doUnmock('@microsoft/agents-hosting')
})

it('takes whichever of the two libraries is installed', async () => {
  absent('@microsoft/agents-hosting')
  const channel = await new Host().start(teams({ port: 0 }))
  expect(channel.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/messages$/)
  await channel.stop()
})

it('says what to install where there is neither, or not the one that was asked for', async () => {
  absent('botbuilder')
  const asked = new Host().start(teams({ port: 0, library: 'botbuilder' }))
  await expect(asked).rejects.toMatchObject({ code: 'missing_dependency', hint: 'Run: npm install botbuilder' })
  absent('@microsoft/agents-hosting')
  const neither = new Host().start(teams({ port: 0 }))
  await expect(neither).rejects.toMatchObject({ hint: 'Run: npm install @microsoft/agents-hosting' })
})

it('says what to do where its port is in use', async () => {
  const first = await new Host().start(teams({ port: 0 }))
  const port = Number(new URL(first.url).port)
  await expect(new Host().start(teams({ port }))).rejects.toMatchObject({ code: 'channel_failed' })
  await first.stop()
})
