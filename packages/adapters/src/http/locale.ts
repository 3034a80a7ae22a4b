/** A canonical BCP 47 tag, or nothing. */
export function parseLocale(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 35) return undefined
  try {
    return Intl.getCanonicalLocales(value)[0]
  } catch {
    return undefined
  }
}
