import { ColloquyError, reason } from '@colloquy/core'
import { openPromise, type Entry as ZipEntry, type ZipFile } from 'yauzl'
import { byName, type Entry, hidden } from './source.js'

/** Text and JSON shrink to a tenth or a thirtieth; what grows more than this is made to fill memory. */
const GREATEST_RATIO = 250
const HARMLESS = 256e6

/**
 * The files in a zip. Nothing is unpacked to disk, so that a name with `..` has nowhere to go; it is refused all the same.
 *
 * @throws {@link ColloquyError} `bad_data` where the zip is cut off, damaged, encrypted, or a bomb.
 */
export async function zipEntries(path: string): Promise<{ entries: Entry[]; close(): void }> {
  let zip: ZipFile | undefined
  try {
    // Sizes are checked while reading: an entry that is larger than it says ends in an error.
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: false })
    const entries: Entry[] = []
    let whole = 0
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') || hidden(entry.fileName)) continue
      whole += entry.uncompressedSize
      if (whole > HARMLESS && whole > GREATEST_RATIO * zip.fileSize) {
        throw new ColloquyError(
          'bad_data',
          `${path} unpacks to more than ${GREATEST_RATIO} times its size: it looks like a zip bomb.`,
          'Unpack it yourself if you trust it, and import the folder.',
        )
      }
      entries.push(zipEntry(zip, entry, path))
    }
    const opened = zip
    return { entries: entries.sort(byName), close: () => opened.close() }
  } catch (error) {
    zip?.close()
    throw told(path, error)
  }
}

function zipEntry(zip: ZipFile, entry: ZipEntry, path: string): Entry {
  return {
    name: entry.fileName,
    size: entry.uncompressedSize,
    async *read() {
      try {
        if (entry.isEncrypted()) throw new Error('it is encrypted')
        yield* (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>
      } catch (error) {
        throw told(`${path}, ${entry.fileName}`, error)
      }
    },
  }
}

function told(place: string, error: unknown): ColloquyError {
  if (error instanceof ColloquyError) return error
  return new ColloquyError('bad_data', `${place} cannot be unpacked: ${reason(error)}.`, 'Is it a whole zip file?')
}
