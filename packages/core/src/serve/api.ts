import { z } from 'zod'

/** Texts of one request. */
const MOST_TEXTS = 64

const score = z.object({ intent: z.string(), confidence: z.number().min(0).max(1) })
const verdict = score.extend({ outOfScope: z.boolean(), model: z.string().optional() })

const classification = verdict.extend({ ranking: z.array(score), score: z.number(), shadow: verdict.optional() })
const measure = z.object({ value: z.number(), scaled: z.number() })
/** The conversation that texts are a part of: one conversation is classified by one model. */
const conversation = z.string().max(500).optional()

/** What is asked and answered, over HTTP, in JSON. */
export const api = {
  classify: z.object({
    texts: z.array(z.string()).min(1).max(MOST_TEXTS),
    conversation,
  }),
  classified: z.object({ results: z.array(classification) }),
  embed: z.object({ texts: z.array(z.string()).min(1).max(MOST_TEXTS) }),
  embedded: z.object({ results: z.array(z.array(z.number())) }),
  explain: z.object({ text: z.string(), conversation }),
  explained: classification.extend({
    scope: z
      .object({ energy: measure, likeness: measure.extend({ intent: z.string() }), threshold: z.number() })
      .optional(),
    words: z.array(z.object({ word: z.string(), start: z.number(), logit: z.number(), confidence: z.number() })),
  }),
  labels: z.object({ labels: z.array(z.string()) }),
  error: z.object({ code: z.string(), message: z.string() }),
}

/** The API as an OpenAPI 3.1 document. */
export function openApi(): object {
  const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema: z.toJSONSchema(schema) } } })
  const failure = (description: string) => ({ description, ...json(api.error) })
  const failures = {
    400: failure('The request is not of this shape.'),
    401: failure('The token is missing or wrong.'),
    413: failure('The request is too large.'),
    503: failure('The classifier is too busy, or cannot answer: try again after `Retry-After` seconds.'),
  }
  const post = (summary: string, description: string, asked: z.ZodType, answered: z.ZodType) => ({
    post: {
      summary,
      requestBody: { required: true, ...json(asked) },
      responses: { 200: { description, ...json(answered) }, ...failures },
    },
  })
  return {
    openapi: '3.1.0',
    info: { title: 'Colloquy classifier', version: '1' },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }, {}],
    paths: {
      '/v1/classify': post('What each text means.', 'One result for each text.', api.classify, api.classified),
      '/v1/embed': post('Each text as a vector of unit length.', 'One result for each text.', api.embed, api.embedded),
      '/v1/explain': post('Why a text means that.', 'Scores and words.', api.explain, api.explained),
      '/v1/labels': {
        get: { summary: 'The intents.', responses: { 200: { description: 'In no order.', ...json(api.labels) } } },
      },
      '/health': { get: { summary: 'Whether it serves.', responses: { 200: { description: 'It does.' } } } },
      '/metrics': { get: { summary: 'For Prometheus.', responses: { 200: { description: 'Text format 0.0.4.' } } } },
    },
  }
}
