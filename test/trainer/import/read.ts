import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { type ImportOptions, type ImportReport, importChats, type Transcript } from '@colloquy/trainer'
import { folder } from '../command.js'

export type Files = Record<string, string | Buffer>

export interface Read {
  found: Transcript[]
  report: ImportReport
}

/** What an export of one file, or of a folder of several, is read as; personal data is kept unless asked otherwise. */
export async function read(files: Files, options: ImportOptions = {}): Promise<Read> {
  const dir = folder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
  }
  const [first = ''] = Object.keys(files)
  const one = Object.keys(files).length === 1 && !first.includes('/')
  return all(one ? join(dir, first) : dir, options)
}

export async function all(path: string, options: ImportOptions = {}): Promise<Read> {
  const { transcripts, report } = importChats([path], { keepPersonal: true, ...options })
  const found: Transcript[] = []
  for await (const transcript of transcripts) found.push(transcript)
  return { found, report }
}

/** `role: text` of every turn. */
export function said({ found }: Read): string[][] {
  return found.map(({ turns }) => turns.map(({ role, text }) => `${role}: ${text}`))
}

/** A zip as any packer makes it; what it says of itself may be bent. */
export function zip(files: Files, says: { size?: number } = {}): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const [data, path] = [Buffer.from(content as string), Buffer.from(name)]
    const packed = deflateRawSync(data)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(says.size ?? data.length, 18)
    common.writeUInt16LE(path.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, path)
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(Object.keys(files).length, 8)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, end])
}
