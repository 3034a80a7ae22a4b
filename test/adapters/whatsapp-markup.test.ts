import { describe, expect, it } from 'vitest'
import { bubblesOf, numbered } from '../../packages/adapters/dist/whatsapp-shared/bubbles.js'
import { markup } from '../../packages/adapters/dist/whatsapp-shared/markup.js'

describe('Markdown as WhatsApp writes it', () => {
  it.each([
    ['**bold** __bold__ *italic* _italic_ ~~gone~~ ***both***', '*bold* *bold* _italic_ _italic_ ~gone~ *_both_*'],
    ['**bold *it* more** and *it **bold** more*', '*bold _it_ more* and _it *bold* more_'],
    ['# Your **card**', '*Your card*'],
    ['* a\n+ b\n- c\n1. d\n> e', '- a\n- b\n- c\n1. d\n> e'],
    ['`a *b*` and ``c`d``', '`a *b*` and `cˋd`'],
    ['```js\nlet *a* = 1\n```\n*after*', '```\nlet *a* = 1\n```\n_after_'],
    ['~~~\nnever closed', '```\nnever closed\n```'],
    ['[the terms](https://x.example/a_b_c?q=*y*)', 'the terms (https://x.example/a_b_c?q=*y*)'],
    ['<https://x.example/_a_> and https://x.example/_b_', 'https://x.example/_a_ and https://x.example/_b_'],
    ['[https://x.example](https://x.example)', 'https://x.example'],
    ['2 * 3 * 4, snake_case_name, 5*3*2, ~5 minutes', '2 * 3 * 4, snake_case_name, 5*3*2, ~5 minutes'],
    ['你好，**粗体** 文字，连**着**的', '你好，*粗体* 文字，连着的'],
  ])('writes %j', (markdown, written) => expect(markup(markdown)).toBe(written))

  it.each([
    ['\\*not bold\\* \\_not italic\\_ \\~not gone\\~', '∗not bold∗ ˍnot italicˍ ∼not gone∼'],
    ['card **** 1234 and **** 5678', 'card ∗∗∗∗ 1234 and ∗∗∗∗ 5678'],
    ['**bold** and a \\* here*', '*bold* and a * here∗'],
    ['\uE000hidden bold\uE000', 'hidden bold'],
    ['```\na ``` b\n```', '```\na ˋˋˋ b\n```'],
    ['[x](javascript:alert) <b>y</b>', 'x <b>y</b>'],
  ])('lets no text become mark-up that is not meant as such: %j', (markdown, written) => {
    expect(markup(markdown)).toBe(written)
  })

  it('takes no time over what is made to take long, and no line grows', () => {
    for (const bait of ['*a ', '_a', '`', '**', '[', '\\', '~a ', '*_', '```\n', '[a](']) {
      const text = bait.repeat(4000 / bait.length)
      const written = markup(text)
      expect(written.length).toBeLessThanOrEqual(text.length + 4)
    }
  })
})

describe('parts as bubbles', () => {
  it('says who writes, and joins texts, lists and choices', () => {
    const parts = [
      { type: 'text' as const, text: 'What went *wrong*?' },
      { type: 'list' as const, items: ['damaged', 'late'] },
      { type: 'choices' as const, choices: [{ label: 'Late', value: 'late' }] },
    ]
    expect(bubblesOf({ id: 'c.1.1', speaker: '*Mia*', parts })).toEqual([
      {
        type: 'choices',
        text: '*Mia:*\nWhat went _wrong_?\n- damaged\n- late',
        choices: [{ label: 'Late', value: 'late' }],
        first: 1,
      },
    ])
  })

  it('asks below a text that is too long to stand over buttons, and where there is none', () => {
    const choices = { type: 'choices' as const, choices: [{ label: 'Yes', value: 'yes' }] }
    const long = { type: 'text' as const, text: 'word '.repeat(1100) }
    expect(bubblesOf({ id: 'c.1.1', parts: [long, choices] }).map(({ type }) => type)).toEqual([
      'text',
      'text',
      'choices',
    ])
    expect(bubblesOf({ id: 'c.1.1', parts: [choices] })).toMatchObject([{ type: 'choices', text: '👇' }])
  })

  it('numbers choices on through one message', () => {
    const card = (title: string) => ({
      type: 'card' as const,
      title,
      choices: [{ label: `Buy ${title}`, value: title }],
    })
    const bubbles = bubblesOf({ id: 'c.1.1', parts: [card('red'), card('blue')] })
    const texts = bubbles.map((one) => (one.type === 'choices' ? numbered(one) : one.type))
    expect(texts).toEqual(['*red*\n1. Buy red', '*blue*\n2. Buy blue'])
  })
})
