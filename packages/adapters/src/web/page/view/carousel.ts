import type { Words } from '../words/index.js'
import { h, iconButton } from './dom.js'

/** Several cards side by side: swiped, scrolled, moved with the buttons, or walked through with the Tab key. */
export function carousel(cards: Node[], words: Words): HTMLElement {
  const strip = h('div', { class: 'strip', role: 'group', 'aria-label': words.cards, tabindex: '0' }, ...cards)
  const turn = (by: 1 | -1) => () => {
    const direction = getComputedStyle(strip).direction === 'rtl' ? -by : by
    const width = strip.firstElementChild?.clientWidth ?? strip.clientWidth
    const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth'
    strip.scrollBy({ left: direction * width, behavior })
  }
  const back = iconButton('back', words.previous, 'turn', turn(-1))
  const on = iconButton('on', words.next, 'turn', turn(1))
  const check = () => {
    const at = Math.abs(strip.scrollLeft)
    back.disabled = at < 4
    on.disabled = at + strip.clientWidth > strip.scrollWidth - 4
    turns.hidden = strip.scrollWidth <= strip.clientWidth + 4
  }
  const turns = h('div', { class: 'turns' }, back, on)
  strip.addEventListener('scroll', check)
  new ResizeObserver(check).observe(strip)
  return h('div', { class: 'carousel' }, strip, turns)
}
