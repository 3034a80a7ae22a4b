import { basename } from 'node:path'

/** `0.9312` as `93.1 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** Seconds as `8 s`, `3 min 20 s` or `1 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** `13083` as `13,083`. */
export function thousands(count: number): string {
  return count.toLocaleString('en')
}

/** Bytes as `14.2 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** Files without the folders that they are in on this machine. */
export function fileNames(files: string[]): string {
  return files.map((file) => basename(file)).join(', ')
}

/** The probability of chance as `p = 0.0123`. */
export function chance(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p.toFixed(4)}`
}
