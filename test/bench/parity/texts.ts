import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'

/** The distinct texts of JSONL files, each of which may be a `.gz`: every value of a "text" key counts, at any depth. */
export async function textsOf(files: string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const file of files) {
    const raw = createReadStream(file)
    for await (const line of createInterface({ input: file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw })) {
      if (line.trim() === '') continue
      JSON.parse(line, (key, value) => {
        if (key === 'text' && typeof value === 'string') found.add(value)
        return value
      })
    }
  }
  return [...found]
}
