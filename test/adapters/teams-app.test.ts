import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const file = (name: string) => readFileSync(new URL(`../../examples/bank/teams-app/${name}`, import.meta.url))
/** The width and height of a PNG, which stand in its header. */
const size = (png: Buffer) => [png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)]

it('has a package for Teams with what Teams asks of one', () => {
  const manifest = JSON.parse(file('manifest.json').toString())
  const placeholder = '00000000-0000-0000-0000-000000000000'
  expect([manifest.id, manifest.bots[0].botId, manifest.webApplicationInfo.id]).toEqual(Array(3).fill(placeholder))
  expect(manifest.$schema).toContain(`/v${manifest.manifestVersion}/`)
  expect(manifest.bots[0]).toMatchObject({ scopes: ['personal', 'team', 'groupChat'], supportsFiles: true })
  expect(manifest.name.short.length).toBeLessThanOrEqual(30)
  expect(manifest.description.short.length).toBeLessThanOrEqual(80)
  expect(size(file(manifest.icons.color))).toEqual(['PNG', 192, 192])
  expect(size(file(manifest.icons.outline))).toEqual(['PNG', 32, 32])
})
