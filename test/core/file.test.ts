import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, BlockList } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { download, FILE_LIMIT, readFile, safeName } from '../../packages/core/dist/file.js'

let server: Server
let ca: string
let base: string
const nothing = new BlockList()

beforeAll(async () => {
  const read = (name: string) => readFileSync(new URL(`localhost/${name}`, import.meta.url), 'utf8')
  ca = read('cert.pem')
  server = createServer({ key: read('key.pem'), cert: ca }, (request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'https://10.0.0.1/secret' }).end()
    else if (request.url === '/plain') response.writeHead(302, { location: 'http://localhost/' }).end()
    else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end()
    else if (request.url === '/large') {
      const chunk = Buffer.alloc(1024 * 1024)
      const more = () => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    } else if (request.url === '/gone') response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'image/png; charset=x' }).end('pixels')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `https://localhost:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

describe('a file', () => {
  const none = new Map()

  it('is read from a public server, with its type and a safe name', async () => {
    const file = await download(`${base}/a/%2e%2e%2fcat.png`, { blocked: nothing, ca })
    expect({ ...file, bytes: Buffer.from(file.bytes).toString() }).toEqual({
      name: 'cat.png',
      type: 'image/png',
      bytes: 'pixels',
    })
  })

  it('is refused on a private network: by name, by address, in every spelling, and after a redirect', async () => {
    const port = new URL(base).port
    const hosts = [
      'localhost',
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::7f00:1]',
    ]
    for (const host of [...hosts, '10.1.2.3', '169.254.169.254', '192.168.1.1', '[fe80::1]', '[fd00::1]', '0.0.0.0'])
      await expect(readFile(`https://${host}:${port}/`, none), host).rejects.toThrow('on a private network')
    const tenBlocked = new BlockList()
    tenBlocked.addSubnet('10.0.0.0', 8, 'ipv4')
    await expect(download(`${base}/away`, { blocked: tenBlocked, ca })).rejects.toThrow('on a private network')
  })

  it('is refused where it is too large, gone, sent on for ever, or not https', async () => {
    const reach = { blocked: nothing, ca }
    await expect(download(`${base}/large`, reach)).rejects.toThrow('too large')
    await expect(download(`${base}/gone`, reach)).rejects.toThrow('answered 404')
    await expect(download(`${base}/loop`, reach)).rejects.toThrow('too often')
    await expect(download(`${base}/plain`, reach)).rejects.toThrow('not an https address')
    for (const url of ['file:///etc/passwd', 'http://example.org/', 'ftp://example.org/', 'nothing', ''])
      await expect(readFile(url, none)).rejects.toThrow('no channel reads')
  })

  it('is read from a data URL', async () => {
    const { type, bytes } = await readFile('data:text/plain;charset=utf-8;base64,aGk=', none)
    expect([type, Buffer.from(bytes).toString()]).toEqual(['text/plain', 'hi'])
    await expect(readFile(`data:,${'a'.repeat(FILE_LIMIT * 1.5)}`, none)).rejects.toThrow('too large')
    await expect(readFile('data:,%E0%A4%A', none)).rejects.toThrow('no data URL')
  })

  it('has a name that is no path', () => {
    expect(
      ['../../etc/passwd', 'C:\\a\\b.txt', '.ssh', 'a\u202egpj.exe', '', '..', 'x'.repeat(500)].map(safeName),
    ).toEqual(['passwd', 'b.txt', 'ssh', 'agpj.exe', 'file', 'file', 'x'.repeat(120)])
  })
})
