/** A piece of a text keeps the whole text in memory: what is remembered is copied. */
export function copy(text: string): string {
  return Buffer.from(text).toString()
}
