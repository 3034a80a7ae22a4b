import type { Choice, Part } from '@colloquy/core'
import { safeUrl } from '../markdown.js'
import { h, icon } from './dom.js'
import { link, markdown } from './markdown.js'

/** What a part looks like, apart from its choices. */
export function partNodes(part: Part): Node[] {
  switch (part.type) {
    case 'text':
      return markdown(part.text)
    case 'choices':
    case 'form':
    case 'feedback':
      return []
    case 'list':
      return [h('ul', {}, ...part.items.map((item) => h('li', {}, item)))]
    case 'image':
      return [picture(part.url, part.alt)]
    case 'file':
      return [safeUrl(part.url) ? link(part.url, icon('file'), part.name) : document.createTextNode(part.name)]
    case 'card':
      return [
        h(
          'div',
          { class: 'card' },
          ...(part.image ? [picture(part.image, '')] : []),
          h('p', {}, h('strong', {}, part.title)),
          ...(part.text ? markdown(part.text) : []),
        ),
      ]
  }
}

/** What a part offers to press. */
export function partChoices(part: Part): Choice[] {
  return part.type === 'choices' || part.type === 'card' ? (part.choices ?? []) : []
}

function picture(url: string, alt: string): Node {
  const shown = safeUrl(url) || /^data:image\/(?:png|jpeg|gif|webp);/.test(url)
  return shown ? h('img', { src: url, alt, loading: 'lazy' }) : document.createTextNode(alt)
}
