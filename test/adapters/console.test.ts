import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { remote } from './console-remote.js'
import { contract } from './contract/contract.js'

contract(remote)

it('is the adapter that the guide shows, in under 60 lines', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const adapter = read('examples/console/channel.ts')
  expect(/```ts\n(.*?)```/s.exec(read('docs/adding-a-channel.md'))?.[1]).toBe(adapter)
  expect(adapter.trimEnd().split('\n').length).toBeLessThan(60)
})
