/** Slack's own notation in what people write: `<@U1>`, `<#C1|general>`, `<!here>`, `<https://x.example|label>`, and entities. */
const NOTATION = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>|&(amp|lt|gt);/g
const MENTIONED = /<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>' }

/** The users that a text mentions. */
export function mentions(text: string): string[] {
  return [...text.matchAll(MENTIONED)].map(([, user = '']) => user)
}

/** A text as a person typed it; mentions of the bot itself are left out. */
export function decode(text: string, bot: string, nameOf: (user: string) => string): string {
  const plain = text.replace(NOTATION, (_, sigil: string, target: string, label?: string, entity?: string) => {
    if (entity) return ENTITIES[entity] ?? ''
    const shown = label && unescaped(label)
    if (sigil === '@') return target === bot ? '' : `@${shown || nameOf(target)}`
    if (sigil === '#') return `#${shown || target}`
    if (sigil === '!') return shown || `@${target.split('^')[0]}`
    const url = unescaped(target)
    // What was typed as "x.example" or as an e-mail address was made a link by Slack.
    if (!shown || url.replace(/^(?:https?:\/\/|mailto:|tel:)/, '').replace(/\/$/, '') === shown) return shown || url
    return `${shown} (${url})`
  })
  return mentions(text).includes(bot) ? plain.trim() : plain
}

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_, entity: string) => ENTITIES[entity] ?? '')
}

/** What Slack would take for a mention, a broadcast or a link under another name. */
const COMMAND = /<(?=[@#!]|[a-z][a-z0-9+.-]*:[^<>\n]*\|)/gi
const LINK = /\[([^\]\n]+)\]\(([^)\s]+)\)/g
const ADDRESS = /^\s*(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})/i

/**
 * Markdown for a `markdown` block, in which what a person has typed can ping nobody: an invisible character breaks Slack's
 * own notation, which has no escape there. A link whose label is an address shows where it leads.
 */
export function defuse(markdown: string): string {
  return markdown.replace(COMMAND, '<\u2060').replace(LINK, (link, label: string, url: string) => {
    const shown = ADDRESS.exec(label)?.[1]?.toLowerCase()
    return shown === undefined || (URL.canParse(url) && new URL(url).host === shown) ? link : `${label} (${url})`
  })
}

/** Markdown in the older notation, for notifications and for places without `markdown` blocks. */
export function mrkdwn(markdown: string): string {
  return defuse(markdown)
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '')
    .replace(/\*\*(.+?)\*\*/g, '*$1*')
    .replace(/\[([^\]\n]+)\]\((https?:[^)\s|]+)\)/g, '<$2|$1>')
}
