import type { Words } from '../words/index.js'
import { h, iconButton } from './dom.js'

/** Two thumbs, of which one can be pressed; thanks are read out only to who just did. */
export function thumbs(words: Words, rate: (value: 1 | -1) => void) {
  const thanks = h('span', { role: 'status' })
  const press = (value: 1 | -1) => () => {
    rate(value)
    thanks.textContent = words.thanks
  }
  const up = iconButton('up', words.helpful, 'thumb', press(1))
  const down = iconButton('up', words.unhelpful, 'thumb down', press(-1))
  return {
    root: h('div', { class: 'thumbs' }, up, down, thanks),
    show(rated: 1 | -1 | undefined) {
      up.setAttribute('aria-pressed', String(rated === 1))
      down.setAttribute('aria-pressed', String(rated === -1))
    },
  }
}
