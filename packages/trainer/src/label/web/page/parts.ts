import type { Card } from '../../card.js'

type Child = Node | string

/** Makes an element; children are nodes or text, never markup. */
function h(tag: string, attributes: Record<string, string>, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** A button, with the key that does the same. */
export function choice(key: string, text: string, act: () => void, look = '', ...more: Child[]): HTMLElement {
  const button = h('button', { type: 'button', class: look }, h('kbd', {}, key), text, ...more)
  button.addEventListener('click', act)
  return button
}

/** What was said, with the turn that is asked about. */
export function talkOf(card: Card | null): Node[] {
  if (!card) return [h('p', { class: 'quiet' }, 'Everything is decided.')]
  const { context, votes, count, decision } = card
  return [
    h('h2', {}, 'Conversation'),
    ...context.map(({ role, text, action, here }) => {
      const tag = action === undefined ? [] : [h('span', { class: 'tag' }, action)]
      return h('div', { class: `line ${role}${here ? ' here' : ''}` }, text, ...tag)
    }),
    h(
      'div',
      { class: 'votes quiet' },
      ...votes.map(({ name, intent }) => h('div', {}, `${name} → ${intent}`)),
      ...(count > 1 ? [h('div', {}, `said ${count.toLocaleString()} times`)] : []),
      ...(decision ? [h('div', {}, `was: ${decision.decision} ${decision.intent ?? ''}`)] : []),
    ),
  ]
}

/** The likeliest intents, each with the nearest examples. */
export function opinionOf(card: Card | null, take: (intent: string) => void): Node[] {
  if (!card || card.ranking.length === 0) return []
  return [
    h('h2', {}, card.outOfScope ? 'The model knows nothing like it' : 'What the model thinks'),
    ...card.ranking.map(({ intent, confidence, nearest }, i) =>
      choice(
        String(i + 1),
        intent,
        () => take(intent),
        'choice',
        h('b', {}, `${(confidence * 100).toFixed(1)}\u00a0%`),
        ...nearest.map((text) => h('span', { class: 'tag' }, `“${text}”`)),
      ),
    ),
  ]
}

/** Every other thing that can be said of it. */
export function decideOf(
  card: Card | null,
  intents: string[],
  { take, decide }: { take(intent: string): void; decide(decision: string): void },
): Node[] {
  if (!card) return []
  const { suggestion } = card
  return [
    h('h2', {}, 'Decide'),
    ...(suggestion === null ? [] : [choice('⏎', `Accept ${suggestion}`, () => take(suggestion), 'choice first')]),
    h(
      'div',
      { class: 'row' },
      choice('o', 'Out of scope', () => decide('oos')),
      choice('s', 'Skip', () => decide('skip')),
    ),
    h(
      'label',
      {},
      'Another intent, or a new one (press /)',
      h('input', { id: 'intent', list: 'intents', autocomplete: 'off', spellcheck: 'false' }),
    ),
    h('datalist', { id: 'intents' }, ...intents.map((intent) => h('option', { value: intent }))),
  ]
}
