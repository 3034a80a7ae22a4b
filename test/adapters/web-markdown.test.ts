import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Block,
  type Inline,
  parseMarkdown,
  safeUrl,
  soFar,
} from '../../packages/adapters/src/web/page/markdown.js'

const text = (text: string): Inline => ({ type: 'text', text })
const paragraph = (...children: Inline[]): Block => ({ type: 'paragraph', children })

/** Every letter that came out, wherever it ended up. */
function letters(blocks: Block[]): string {
  const inline = (node: Inline): string =>
    node.type === 'break'
      ? ''
      : 'children' in node
        ? node.children.map(inline).join('')
        : node.type === 'link'
          ? node.text + (node.text === node.url ? '' : node.url)
          : node.text
  const block = (node: Block): string =>
    node.type === 'list'
      ? node.items.flat().map(inline).join('')
      : node.type === 'code'
        ? node.language + node.text
        : node.children.map(inline).join('')
  return onlyLetters(blocks.map(block).join(''))
}

const onlyLetters = (text: string) => text.replace(/[^\p{L}<>&"']/gu, '')

function links(blocks: Block[]): string[] {
  const found: string[] = []
  JSON.stringify(blocks, (key, value) => {
    if (key === 'url') found.push(value)
    return value
  })
  return found
}

const hostile = fc
  .array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...['*', '**', '_', '`', '```', '\n', '\n\n', '\\', '[', '](', ')', '# ', '- ', '1. ', ' ', '<script>', '&lt;'],
        ...[
          'javascript:alert(1)',
          'JaVa\tScript:x',
          'data:text/html,<b>',
          'https://a.example/?q=(1)',
          'mailto:a@b.example',
        ],
      ),
    ),
  )
  .map((parts) => parts.join(''))

describe('markdown', () => {
  it('reads paragraphs, line breaks and emphasis', () => {
    expect(parseMarkdown('One **two** *three* `four`\nfive\n\n_six_ snake_case_name')).toEqual([
      paragraph(
        text('One '),
        { type: 'strong', children: [text('two')] },
        text(' '),
        { type: 'em', children: [text('three')] },
        text(' '),
        { type: 'code', text: 'four' },
        { type: 'break' },
        text('five'),
      ),
      paragraph({ type: 'em', children: [text('six')] }, text(' snake_case_name')),
    ])
  })

  it('reads lists, headings and code blocks', () => {
    expect(parseMarkdown('# Fees\n- a\n- b\n  more\n\n3. c\n```js\n<b> **x**\n```\nend')).toEqual([
      { type: 'heading', children: [text('Fees')] },
      { type: 'list', ordered: false, start: 1, items: [[text('a')], [text('b'), { type: 'break' }, text('more')]] },
      { type: 'list', ordered: true, start: 3, items: [[text('c')]] },
      { type: 'code', language: 'js', text: '<b> **x**' },
      paragraph(text('end')),
    ])
  })

  it('reads links, bare ones without the full stop behind them', () => {
    expect(parseMarkdown('See [our fees](https://bank.example/fees) or https://bank.example/help.')).toEqual([
      paragraph(
        text('See '),
        { type: 'link', url: 'https://bank.example/fees', text: 'our fees' },
        text(' or '),
        { type: 'link', url: 'https://bank.example/help', text: 'https://bank.example/help' },
        text('.'),
      ),
    ])
  })

  it.each([
    '5 * 3 * 2 = 30',
    'a ** b',
    '[x](javascript:alert(1))',
    '[x](data:text/html,hello)',
    '[x](/relative)',
    '[x](vbscript:x)',
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'https://[',
  ])('leaves %j as it is', (source) => {
    expect(letters(parseMarkdown(source))).toBe(onlyLetters(source))
    expect(parseMarkdown(source)).toEqual([
      paragraph(...parseMarkdown(source).flatMap((b) => ('children' in b ? b.children : []))),
    ])
    expect(links(parseMarkdown(source))).toEqual([])
  })

  it('takes a backslash as the sign that a mark is meant', () => {
    expect(letters(parseMarkdown('\\*a\\*'))).toBe('a')
    expect(parseMarkdown('\\*a\\*')).toEqual([paragraph(text('*'), text('a'), text('*'))])
  })

  it('loses no letter, bracket or quote of any text', () => {
    fc.assert(
      fc.property(hostile, (source) => {
        expect(letters(parseMarkdown(source))).toBe(onlyLetters(source))
      }),
    )
  })

  it('makes no link but to the web, to mail and to telephones', () => {
    const scheme = /^(https?:|mailto:|tel:)/i
    fc.assert(
      fc.property(hostile, (source) => {
        for (const url of links(parseMarkdown(source))) expect(new URL(url).href).toMatch(scheme)
      }),
    )
    for (const url of ['javascript:x', 'file:///etc', 'ftp://a', 'blob:https://a', 'data:,', '//a', '/a', 'a', '']) {
      expect(safeUrl(url)).toBe(false)
    }
  })

  it('takes deep nesting and long runs of marks', () => {
    for (const mark of ['*', '**', '_', '`', '[', '**_', '[**', '\\', '- ', '# ']) {
      expect(parseMarkdown(`${mark.repeat(4000)}a`)).toBeDefined()
      expect(parseMarkdown(`${mark}a `.repeat(1000))).toBeDefined()
    }
  })

  it.each([
    ['A **bold', 'A **bold**'],
    ['A **bold*', 'A **bold**'],
    ['A **bold and *both', 'A **bold and *both***'],
    ['An *em', 'An *em*'],
    ['Some `code', 'Some `code`'],
    ['See [our fe', 'See our fe'],
    ['See [our fees](https://bank.exa', 'See our fees'],
    ['Then:\n- ', 'Then:\n'],
    ['5 * 3 is', '5 * 3 is'],
    ['**Done.** Next', '**Done.** Next'],
    ['```js\nlet **a', '```js\nlet **a'],
  ])('shows %j, which is still being written, as %j', (source, shown) => {
    expect(soFar(source)).toBe(shown)
  })

  it('loses no letter of what is being written but those of half a link', () => {
    const plain = fc
      .array(fc.constantFrom(...'ab *_`#-\n'.split(''), '**', '```', '1. '))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(plain, (source) => {
        expect(onlyLetters(soFar(source))).toBe(onlyLetters(source))
      }),
    )
  })
})
