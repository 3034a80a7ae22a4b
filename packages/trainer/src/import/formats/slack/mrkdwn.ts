/** `<@U1>`, `<#C1|general>`, `<!here>`, `<https://a.b|label>` */
const REFERENCE = /<([@#!])?([^<>|]*)(?:\|([^<>]*))?>/g

/** A message's text as people read it: names for ids, links as they show, and `&amp;` as `&`. */
export function mrkdwn(text: string, names: ReadonlyMap<string, string>): string {
  if (!text.includes('<') && !text.includes('&')) return text
  return text
    .replace(REFERENCE, (_, sign: string | undefined, target: string, label: string | undefined) => {
      if (sign === '@') return `@${names.get(target) ?? label ?? target}`
      if (sign === '#') return `#${label || target}`
      if (sign === '!') return label ?? `@${target.replace(/^subteam\^/, '')}`
      const shown = target.replace(/^(mailto|tel):/, '')
      return label === undefined || label === shown ? shown : `${label} (${shown})`
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
