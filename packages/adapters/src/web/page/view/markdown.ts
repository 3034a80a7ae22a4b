import { type Block, type Inline, parseMarkdown } from '../markdown.js'
import type { Words } from '../words/index.js'
import { h } from './dom.js'

/** Markdown as nodes. There is no way from a text to markup: every text becomes a text node. */
export function markdown(source: string, words: Words): Node[] {
  return parseMarkdown(source).map(blockNode)

  function blockNode(block: Block): Node {
    switch (block.type) {
      case 'paragraph':
        return h('p', { dir: 'auto' }, ...block.children.map(inlineNode))
      case 'heading':
        return h('p', { dir: 'auto' }, h('strong', {}, ...block.children.map(inlineNode)))
      case 'code':
        return h('pre', { tabindex: '0', dir: 'ltr' }, h('code', {}, block.text))
      case 'list': {
        const items = block.items.map((item) => h('li', {}, ...item.map(inlineNode)))
        return block.ordered
          ? h('ol', { dir: 'auto', start: String(block.start) }, ...items)
          : h('ul', { dir: 'auto' }, ...items)
      }
    }
  }

  function inlineNode(inline: Inline): Node {
    switch (inline.type) {
      case 'text':
        return document.createTextNode(inline.text)
      case 'break':
        return h('br')
      case 'code':
        return h('code', {}, inline.text)
      case 'strong':
      case 'em':
        return h(inline.type, {}, ...inline.children.map(inlineNode))
      case 'link':
        return link(inline.url, words, inline.text)
    }
  }
}

/** A link that cannot reach back into the page it opens from. */
export function link(url: string, words: Words, ...children: (Node | string)[]): HTMLAnchorElement {
  const hint = h('span', { class: 'unseen' }, ` ${words.opensInTab}`)
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...children, hint)
}
