import type { ModelCard } from '@colloquy/core'
import { advise, compare, type Evaluation, type Prediction, type ReportSubject, report, score } from '@colloquy/trainer'
import { describe, expect, it } from 'vitest'

const card: ModelCard = {
  format: 2,
  labels: ['a', 'b'],
  temperature: 1.2,
  outOfScope: {
    recall: 0.97,
    energy: { mean: 10, deviation: 2 },
    likeness: { mean: 0.8, deviation: 0.1 },
    thresholds: [-2, -1.5],
  },
  maxTokens: 64,
  languages: ['en'],
  base: 'some/encoder',
  encoder: {},
  data: { hash: 'sha256:1', train: 9000, validation: 1000 },
  recipe: { epochs: 12 },
  environment: { device: 'cpu' },
  metrics: {},
  created: '2026-11-23T10:00:00+00:00',
  seconds: 200,
}

function page(predictions: Prediction[], outside: Prediction[] = [], more: Partial<ReportSubject> = {}): string {
  const evaluation: Evaluation = { ...score(predictions, outside), latency: { p50Ms: 1.25, p99Ms: 2.5 } }
  return report({ name: 'model', card, bytes: 13_000_000, data: 'data.jsonl', evaluation, ...more })
}

const said = (text: string, intent: string, predicted: string): Prediction => ({
  text,
  intent,
  predicted,
  confidence: 0.8,
  ranking: [{ intent: predicted, confidence: 0.8 }],
  outOfScope: false,
  score: 1,
})

describe('a report', () => {
  it('says how good the model is and what it confuses, with an example', () => {
    const written = page([
      said('one', 'a', 'a'),
      said('two', 'a', 'a'),
      said('three', 'a', 'a'),
      said('my own words', 'b', 'a'),
    ])
    expect(written).toContain('75.0 %')
    expect(written).toContain('my own words')
    expect(written).toContain('<title>b: 1 of 1 taken for a</title>')
    expect(written).toContain('<title>a: 3 of 3 understood</title>')
    expect(written).toContain('13.0 MB')
  })

  it('shows what answering only the surest gains, for whom it works, and what is out of scope', () => {
    const written = page([said('one', 'a', 'a'), said('我的卡', 'b', 'a')], [said('the weather', 'oos', 'a')])
    for (const plot of ['Accuracy by coverage', 'Out-of-scope scores', 'Reliability diagram', 'Confusion matrix']) {
      expect(written).toContain(`aria-label="${plot}"`)
    }
    for (const row of ['1 to 4 words', 'Chinese', 'Latin', 'Near the domain'])
      expect(written).toContain(`<td>${row}</td>`)
    expect(written).not.toContain('Of another domain')
    expect(page([said('one', 'a', 'a')])).not.toContain('Out-of-scope scores')
    expect(written).not.toMatch(/\bNaN/)
  })

  it('tells how the model compares with the one that it might replace', () => {
    const before = [said('one', 'a', 'a'), said('two', 'b', 'a')]
    const now = [said('one', 'a', 'b'), said('two', 'b', 'b')]
    const written = page(now, [], { before: { name: 'served', comparison: compare(before, now, { critical: ['a'] }) } })
    expect(written).toContain('It should not replace served.')
    expect(written).toMatch(/Newly wrong: 1[\s\S]*one[\s\S]*Newly right: 1[\s\S]*two/)
  })

  it('needs nothing from elsewhere', () => {
    const written = page([said('one', 'a', 'a')])
    expect(written).not.toMatch(/(src|href)=|url\(|@import|https?:/)
  })

  it('shows what customers wrote as text, never as a page', () => {
    const written = page([said('<script>alert("hi")</script> & co', '<b>bold</b>', `it's "quoted"`)])
    expect(written).not.toContain('<script>alert')
    expect(written).not.toContain('<b>bold')
    expect(written).toContain('&#60;script&#62;alert(&#34;hi&#34;)&#60;/script&#62; &#38; co')
  })

  it('has a cell for every pair that occurs among many intents', () => {
    const names = Array.from({ length: 300 }, (_, i) => `intent_${i}`)
    const written = page(names.map((name, i) => said(name, name, names[i % 2 ? i : 0] ?? '')))
    expect(written.match(/class="right"/g)).toHaveLength(151)
    expect(written.match(/class="wrong"/g)).toHaveLength(149)
  })
})

describe('the advice on what to label next', () => {
  const times = (count: number, intent: string, predicted: string) =>
    Array.from({ length: count }, (_, i) => said(`${intent} ${i}`, intent, predicted))

  it('tells pairs that cannot be told apart from intents that want more examples, by what there is to gain', () => {
    const predictions = [
      ...[times(40, 'a', 'a'), times(4, 'a', 'b'), times(40, 'b', 'b'), times(3, 'b', 'a')].flat(),
      ...[times(20, 'c', 'c'), times(5, 'c', 'a'), times(20, 'd', 'd'), times(2, 'd', 'c')].flat(),
      ...[times(4, 'e', 'e'), times(1, 'e', 'd'), times(1, 'e', 'c')].flat(),
    ]
    const found = advise(score(predictions))
    expect(found.map(({ intents, gain }) => [intents.join(), gain])).toEqual([
      ['a,b', 7],
      ['c,a', 5],
      ['e', 2],
    ])
    expect(found[0]?.why).toBe('taken for one another, 4 and 3 times')
    expect(found[1]?.what).toContain('more utterances of c that sound like “c 0”')
    expect(found[2]?.why).toContain('2 of 6 utterances were missed')
    expect(advise(score(times(40, 'a', 'a')))).toEqual([])
  })
})
