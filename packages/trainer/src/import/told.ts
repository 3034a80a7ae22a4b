import { duration, thousands } from '../format.js'
import type { Kind } from './mask/patterns.js'
import type { ImportReport, SourceReport } from './run.js'

const KINDS: Record<Kind, string> = {
  email: 'e-mail addresses',
  phone: 'telephone numbers',
  card: 'card numbers',
  iban: 'IBANs',
  ip: 'addresses of IP',
  url: 'addresses with tokens',
  person: 'names',
}
/** How many agents are named. */
const NAMED = 8

/** What an import did, as lines for a person. */
export function told({ sources, masked, duplicates, skipped }: ImportReport): string[] {
  const found = (Object.keys(KINDS) as Kind[]).filter((kind) => masked[kind] > 0)
  const counts = found.map((kind) => `${thousands(masked[kind])} ${KINDS[kind]}`)
  return [
    ...sources.map(line),
    counts.length > 0 ? `Masked: ${counts.join(', ')}.` : 'Masked: nothing.',
    ...(duplicates > 0 ? [`${thousands(duplicates)} messages came twice and were taken once.`] : []),
    ...(skipped.count > 0
      ? [`${thousands(skipped.count)} places could not be read:`, ...skipped.first.map((one) => `  ${one}`)]
      : []),
  ]
}

function line({ name, format, messages, agents, customers, gap }: SourceReport): string {
  const named = agents.slice(0, NAMED).join(', ')
  const more = agents.length > NAMED ? ` and ${agents.length - NAMED} more` : ''
  const sides = `agents: ${named || 'none'}${more}; ${thousands(customers)} customers`
  return `${name} (${format}): ${thousands(messages)} messages; ${sides}; cut after ${duration(gap)} of silence.`
}
