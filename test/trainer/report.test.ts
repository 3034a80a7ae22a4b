import type { ModelCard } from '@colloquy/core'
import { type Evaluation, type Prediction, report, score } from '@colloquy/trainer'
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

function page(predictions: Prediction[]): string {
  const evaluation: Evaluation = { ...score(predictions), latency: { p50Ms: 1.25, p99Ms: 2.5 } }
  return report({ name: 'model', card, bytes: 13_000_000, data: 'data.jsonl', evaluation })
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
