/** Text that is HTML already. */
export interface Markup {
  readonly html: string
}

type Value = string | number | undefined | Markup | readonly Markup[]

/** A template whose values are escaped, unless they are markup or lists of it. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return { html: strings.reduce((whole, part, i) => whole + text(values[i - 1]) + part) }
}

function text(value: Value): string {
  if (typeof value === 'object') return 'html' in value ? value.html : value.map((markup) => markup.html).join('')
  return String(value ?? '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
