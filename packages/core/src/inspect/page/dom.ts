type Attributes = Record<string, string | boolean | undefined | (() => void)>
type Child = Node | string | false | undefined

/** Makes an element. Children are nodes or text, never markup; functions become listeners (`onclick`). */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.filter((child) => child !== undefined && child !== false))
  return element
}

/** A bar as long as its share of the whole, 0 to 1. */
export function bar(share: number, ...marks: Node[]): HTMLElement {
  const filled = h('span')
  filled.style.width = `${Math.min(1, Math.max(0, share)) * 100}%`
  return h('div', { class: 'bar', 'aria-hidden': 'true' }, filled, ...marks)
}

/** Names and values, side by side. */
export function facts(list: readonly { name: string; value: Child }[]): HTMLElement {
  return h('dl', {}, ...list.flatMap(({ name, value }) => [h('dt', {}, name), h('dd', {}, value)]))
}

/** The time of day; with the date where that is another one. */
export function clock(at: number): string {
  const time = new Date(at)
  const today = time.toDateString() === new Date().toDateString()
  return time.toLocaleString([], today ? { timeStyle: 'medium' } : { dateStyle: 'medium', timeStyle: 'short' })
}

/** Two figures that count; the space does not break. */
export function milliseconds(ms: number): string {
  return `${ms < 1 ? ms.toFixed(2) : ms < 10 ? ms.toFixed(1) : Math.round(ms)}\u00a0ms`
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}\u00a0%`
}
