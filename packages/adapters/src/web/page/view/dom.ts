type Attributes = Record<string, string | boolean | ((event: Event) => void)>

/** Makes an element. Children are nodes or text, never markup; functions become listeners (`onclick`). */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value !== false) element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children)
  return element
}

/** A round button that shows an icon and says its name to a screen reader. */
export function iconButton(name: Icon, label: string, kind: string, onclick: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: `icon ${kind}`, 'aria-label': label, title: label, onclick }, icon(name))
}

const PATHS = {
  send: 'M4.5 12h14M12.5 5.5 19 12l-6.5 6.5',
  plus: 'M12 5.5v13M5.5 12h13',
  down: 'M12 5v14M5.5 12.5 12 19l6.5-6.5',
  check: 'M5 12.5 10 17.5 19.5 7',
  file: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  chat: 'M4.5 5h15v11.5H12L7.5 20v-3.5h-3zM8.5 9h7M8.5 12.5h4.5',
  clip: 'M18.5 11.5l-6.8 6.8a4 4 0 0 1-5.6-5.6l7.4-7.4a2.6 2.6 0 0 1 3.7 3.7l-7.2 7.2a1.2 1.2 0 0 1-1.8-1.7l6.4-6.4',
  up: 'M7.5 11v8.5H4V11zM7.5 11l4-7c1.4 0 2.3 1 2 2.4L13 9.5h5c1.2 0 2 1 1.8 2.2l-1 6c-.2 1-1 1.8-2 1.8H7.5',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  on: 'M9.5 5.5 16 12l-6.5 6.5',
  microphone: 'M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6 11.5a6 6 0 0 0 12 0M12 17.5V21',
  speaker: 'M4.5 9.5v5h3.5l4.5 4v-13L8 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11',
}

type Icon = keyof typeof PATHS

/** A 24 x 24 line drawing that says nothing to a screen reader. */
export function icon(name: Icon): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', PATHS[name])
  svg.append(path)
  return svg
}

/** Brings the children of a node up to date and keeps those that stay the same, with whatever is selected in them. */
export function fill(parent: Element, nodes: Node[]): void {
  nodes.forEach((node, i) => {
    const old = parent.childNodes[i]
    if (!old) parent.append(node)
    else if (!old.isEqualNode(node)) old.replaceWith(node)
  })
  while (parent.childNodes.length > nodes.length) parent.lastChild?.remove()
}
