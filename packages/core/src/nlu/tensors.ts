/** Rows of numbers, one after the other. A vector is a matrix of one row. */
export interface Matrix {
  rows: number
  columns: number
  /** `rows * columns` numbers. */
  values: Float32Array | Int8Array
}

type Header = Record<string, { dtype?: unknown; shape?: unknown; data_offsets?: unknown } | undefined>

/** By their name in the file. */
const KINDS = { F32: Float32Array, I8: Int8Array }

/** Bytes of the number at the start, which tells how long the header is. */
const PREFIX = 8

/**
 * Reads matrices and vectors from a file of the safetensors format (https://github.com/huggingface/safetensors): the length
 * of a header as 64 bits, the header as JSON, and the numbers.
 *
 * @param wanted What the file must hold, and of what kind; anything else in it is left alone.
 * @throws Error that names what is missing or wrong
 */
export function readTensors<Name extends string>(
  bytes: Uint8Array,
  wanted: Record<Name, keyof typeof KINDS>,
): Record<Name, Matrix> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.byteLength < PREFIX ? Number.POSITIVE_INFINITY : Number(view.getBigUint64(0, true))
  if (PREFIX + length > bytes.byteLength) throw new Error('it is cut')
  const header: Header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + length)))
  const read = ([name, kind]: [string, keyof typeof KINDS]): [string, Matrix] => {
    const { dtype, shape, data_offsets: place } = header[name] ?? {}
    if (dtype !== kind || !isSizes(shape) || !isSizes(place) || shape.length > 2) {
      throw new Error(`it has no ${name} of the kind ${kind}`)
    }
    const [columns = 1, rows = 1] = shape.toReversed()
    const [from = 0, to = 0] = place
    const data = bytes.slice(PREFIX + length + from, PREFIX + length + to)
    const values = KINDS[kind]
    if (data.byteLength !== values.BYTES_PER_ELEMENT * rows * columns) throw new Error(`its ${name} is cut`)
    const matrix = { rows, columns, values: new values(data.buffer, data.byteOffset, rows * columns) }
    if (!matrix.values.every(Number.isFinite)) throw new Error(`its ${name} has numbers that are not finite`)
    return [name, matrix]
  }
  return Object.fromEntries(Object.entries<keyof typeof KINDS>(wanted).map(read)) as Record<Name, Matrix>
}

/** The bytes that {@link readTensors} reads. */
export function writeTensors(tensors: Record<string, Matrix>): Uint8Array {
  let end = 0
  const header = Object.entries(tensors).map(([name, { rows, columns, values }]) => {
    const start = end
    end += values.byteLength
    const shape = rows === 1 ? [columns] : [rows, columns]
    return [name, { dtype: values instanceof Int8Array ? 'I8' : 'F32', shape, data_offsets: [start, end] }]
  })
  const json = JSON.stringify(Object.fromEntries(header))
  // Numbers start at a multiple of 8 bytes, as other readers expect.
  const described = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / PREFIX) * PREFIX))
  const bytes = new Uint8Array(PREFIX + described.byteLength + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(described.byteLength), true)
  bytes.set(described, PREFIX)
  let at = PREFIX + described.byteLength
  for (const { values } of Object.values(tensors)) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return bytes
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}

/** The scalar product of a row with a vector of as many numbers as there are columns. */
export function dot({ columns, values }: Matrix, row: number, vector: ArrayLike<number>): number {
  // Four sums, as an addition need not wait for the one before: less than half the time.
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let at = row * columns
  let column = 0
  for (; column + 3 < columns; column += 4, at += 4) {
    a += (values[at] as number) * (vector[column] as number)
    b += (values[at + 1] as number) * (vector[column + 1] as number)
    c += (values[at + 2] as number) * (vector[column + 2] as number)
    d += (values[at + 3] as number) * (vector[column + 3] as number)
  }
  for (; column < columns; column++, at++) a += (values[at] as number) * (vector[column] as number)
  return a + b + c + d
}

const known = new WeakMap<Matrix, Matrix>()

/** The same directions with rows of unit length, as 32-bit floats. Made once: the matrix must not change. */
export function unitRows(matrix: Matrix): Matrix {
  const made = known.get(matrix)
  if (made) return made
  const { rows, columns, values } = matrix
  const unit = { rows, columns, values: Float32Array.from(values) }
  for (let row = 0; row < rows; row++) {
    const part = unit.values.subarray(row * columns, (row + 1) * columns)
    const length = Math.hypot(...part)
    for (let column = 0; column < columns; column++) part[column] = (part[column] as number) / length
  }
  known.set(matrix, unit)
  return unit
}
