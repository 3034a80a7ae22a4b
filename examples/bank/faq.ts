import { fileURLToPath } from 'node:url'
import { answerer, type Dialog, type Embed, readPassages } from '@colloquy/core'

const { ANSWER_URL, ANSWER_MODEL = 'default', ANSWER_KEY } = process.env

/**
 * Answers what no dialog is for from `faq.md`: with the passage that comes nearest, word for word, or, where there is an
 * endpoint (`ANSWER_URL`), in a model's words that must rest on such passages.
 */
export async function faq(embed: Embed): Promise<Dialog> {
  return answerer({
    passages: await readPassages(fileURLToPath(new URL('faq.md', import.meta.url))),
    embed,
    ...(ANSWER_URL && {
      endpoint: {
        url: ANSWER_URL,
        model: ANSWER_MODEL,
        tokensPerDay: 200_000,
        ...(ANSWER_KEY && { apiKey: ANSWER_KEY }),
      },
    }),
  })
}
