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

const PATHS = {
  send: 'M4.5 12h14M12.5 5.5 19 12l-6.5 6.5',
  plus: 'M12 5.5v13M5.5 12h13',
  down: 'M12 5v14M5.5 12.5 12 19l6.5-6.5',
  check: 'M5 12.5 10 17.5 19.5 7',
  file: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4',
}

/** A 24 x 24 line drawing that says nothing to a screen reader. */
export function icon(name: keyof typeof PATHS): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', PATHS[name])
  svg.append(path)
  return svg
}
