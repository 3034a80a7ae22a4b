import { z } from 'zod'

/** The only `format` of a model folder that this version reads and writes. */
export const MODEL_FORMAT = 1

/**
 * `model.json`: with `model.onnx` and `tokenizer.json`, everything that decides an answer, and how the model came to be.
 *
 * `model.onnx` takes `input_ids` and `attention_mask` (int64, [batch, tokens]) and gives `logits` (float32, [batch,
 * labels]) and `embedding` (float32, [batch, width], mean pooled, unit length).
 */
export const modelCard = z.object({
  format: z.literal(MODEL_FORMAT),
  /** In the order of the logits. */
  labels: z.array(z.string().min(1)).min(2),
  /** Probabilities are softmax(logits / temperature) (Guo et al. 2017, https://arxiv.org/abs/1706.04599). */
  temperature: z.number().positive(),
  /**
   * Energy of the logits, logsumexp(logits / temperature) * temperature (Liu et al. 2020, https://arxiv.org/abs/2010.03759);
   * an utterance that scores under `threshold` is out of scope. `recall` is the share of validation texts kept in scope.
   */
  outOfScope: z.object({ score: z.literal('energy'), threshold: z.number(), recall: z.number().min(0).max(1) }),
  /** Longer utterances are cut to this many tokens, [CLS] and [SEP] counted. */
  maxTokens: z.number().int().positive(),
  languages: z.array(z.string()),
  base: z.string(),
  data: z.object({ hash: z.string(), train: z.number().int(), validation: z.number().int() }),
  /** The settings that trained it: enough to do it again. */
  recipe: z.record(z.string(), z.json()),
  environment: z.record(z.string(), z.json()),
  /** Measured on validation unless the name says otherwise. */
  metrics: z.record(z.string(), z.json()),
  /** ISO 8601. */
  created: z.string(),
  /** Wall time of the training, in seconds. */
  seconds: z.number(),
})

/** The parsed `model.json`. */
export type ModelCard = z.infer<typeof modelCard>
