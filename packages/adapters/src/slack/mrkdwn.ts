/** Slack's own notation in what people write: `<@U1>`, `<#C1|general>`, `<!here>`, `<https://x.example|label>`, and entities. */
const NOTATION = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>|&(?:amp|lt|gt);/g
const MENTION = /<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g
const SIGNS: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** The users that a text mentions. */
export function mentions(text: string): string[] {
  return [...text.matchAll(MENTION)].map(([, user = '']) => user)
}

/** A text as a person typed it; mentions of the bot itself are left out. */
export function decode(text: string, bot: string, nameOf: (user: string) => string): string {
  const signs = (one = '') => one.replace(/&(?:amp|lt|gt);/g, (entity) => SIGNS[entity] ?? '')
  const plain = text.replace(NOTATION, (whole, sigil?: string, target = '', label?: string) => {
    if (sigil === undefined) return signs(whole)
    const shown = signs(label)
    if (sigil === '@') return target === bot ? '' : `@${shown || nameOf(target)}`
    if (sigil === '#') return `#${shown || target}`
    if (sigil === '!') return shown || `@${target}`
    const url = signs(target)
    // What was typed as "x.example", or as an e-mail address, was made a link by Slack.
    const typed = url.replace(/^(?:https?:\/\/|mailto:|tel:)/, '').replace(/\/$/, '') === shown
    return typed || !shown ? shown || url : `${shown} (${url})`
  })
  return mentions(text).includes(bot) ? plain.trim() : plain
}

/** What Slack would take for a mention, a broadcast, or a link under another name. */
const COMMAND = /<(?=[@#!]|[a-z][a-z0-9+.-]*:[^<>\n]*\|)/gi
const LINK = /\[([^\]\n]+)\]\(([^)\s]+)\)/g
const ADDRESS = /^\s*(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})/i

/**
 * Markdown in which what a person has typed can ping nobody: an invisible character breaks Slack's own notation, which has
 * no escape in `markdown` blocks. A link whose label is another address shows where it leads.
 */
export function defuse(markdown: string): string {
  return markdown.replace(COMMAND, '<\u2060').replace(LINK, (link, label: string, url: string) => {
    const shown = ADDRESS.exec(label)?.[1]?.toLowerCase()
    return shown === undefined || (URL.canParse(url) && new URL(url).host === shown) ? link : `${label} (${url})`
  })
}

/** Markdown in the older notation, for notifications and for places without `markdown` blocks. */
export function mrkdwn(markdown: string): string {
  const escaped = defuse(markdown).replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? '')
  return escaped.replace(/\*\*(.+?)\*\*/g, '*$1*').replace(/\[([^\]\n]+)\]\((https?:[^)\s|]+)\)/g, '<$2|$1>')
}
