import type { Choice, Part } from '@colloquy/core'
import { safeUrl } from '../markdown.js'
import type { Words } from '../words/index.js'
import { h, icon } from './dom.js'
import { link, markdown } from './markdown.js'

export type Card = Extract<Part, { type: 'card' }>

/** What stands in a bubble. */
export function partNodes(part: Exclude<Part, Card>, words: Words): Node[] {
  switch (part.type) {
    case 'text':
      return markdown(part.text, words)
    case 'list':
      return [h('ul', { dir: 'auto' }, ...part.items.map((item) => h('li', {}, item)))]
    case 'image':
      return [picture(part.url, part.alt)]
    case 'file':
      return [file(part.url, part.name, words)]
    case 'choices':
    case 'form':
    case 'feedback':
      return []
  }
}

export function cardNode({ title, text, image, choices }: Card, words: Words, press: (choice: Choice) => Node): Node {
  const buttons = choices?.length ? [h('div', { class: 'choices' }, ...choices.map(press))] : []
  return h(
    'article',
    { class: 'card', part: 'card' },
    ...(image ? [picture(image, '')] : []),
    h('p', { dir: 'auto' }, h('strong', {}, title)),
    ...(text ? markdown(text, words) : []),
    ...buttons,
  )
}

export function file(url: string, name: string, words: Words): Node {
  // The browser opens no data URL for a page; it does save one, whatever is in it.
  if (/^data:/i.test(url)) return h('a', { class: 'file', href: url, download: name }, icon('file'), name)
  return safeUrl(url) ? link(url, words, icon('file'), name) : document.createTextNode(name)
}

export function picture(url: string, alt: string): Node {
  if (!safeUrl(url) && !/^data:image\/(?:png|jpeg|gif|webp)[;,]/.test(url)) return document.createTextNode(alt)
  // What cannot be loaded leaves its description.
  const image = h('img', { src: url, alt, loading: 'lazy', onerror: () => image.replaceWith(alt) })
  return image
}
