import { ColloquyError, reason } from '../errors.js'

/** An OpenAI-compatible endpoint: https://platform.openai.com/docs/api-reference/chat. */
export interface EndpointOptions {
  /** Up to and without `/chat/completions`, such as `http://127.0.0.1:11434/v1`. */
  url: string
  model: string
  apiKey?: string
  /** How long an answer may take as a whole, in seconds (15). */
  seconds?: number
  /** How long an answer may be, in tokens (300). */
  maxTokens?: number
  /** How much may be spent in a day (UTC) by this process, in tokens of question and answer; then nothing is generated. */
  tokensPerDay?: number
}

/** One message of a prompt. */
export type PromptMessage = { role: 'system' | 'user'; content: string }

/** Writes a reply; `onText` is given all of it that there is so far. */
export type Generate = (prompt: readonly PromptMessage[], onText: (soFar: string) => void) => Promise<string>

/**
 * Replies from an OpenAI-compatible endpoint, streamed, within a time and a budget.
 *
 * @returns a function that rejects with {@link ColloquyError} `answer_failed` where the endpoint fails, takes too long, or the
 *   budget of the day is spent.
 */
export function endpoint({
  url,
  model,
  apiKey,
  seconds = 15,
  maxTokens = 300,
  tokensPerDay,
}: EndpointOptions): Generate {
  let spent = { day: '', tokens: 0 }
  return async (prompt, onText) => {
    const day = new Date().toISOString().slice(0, 10)
    if (spent.day !== day) spent = { day, tokens: 0 }
    if (tokensPerDay !== undefined && spent.tokens >= tokensPerDay)
      throw failed(`its budget of ${tokensPerDay} tokens a day is spent`)
    let text = ''
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
        body: JSON.stringify({ model, messages: prompt, max_tokens: maxTokens, temperature: 0, stream: true }),
        signal: AbortSignal.timeout(seconds * 1000),
      })
      if (!response.ok || !response.body) throw failed(`it answers ${response.status}`)
      for await (const piece of pieces(response.body)) {
        text += piece
        onText(text)
      }
      return text.trim()
    } catch (error) {
      throw error instanceof ColloquyError ? error : failed(reason(error), error)
    } finally {
      // Four characters a token is what English takes; exact counts are not worth a tokenizer of the model's own.
      const written = prompt.reduce((sum, { content }) => sum + content.length, text.length)
      spent.tokens += Math.ceil(written / 4)
    }
  }
}

function failed(why: string, cause?: unknown): ColloquyError {
  return new ColloquyError('answer_failed', `The endpoint for generated answers failed: ${why}.`, '', { cause })
}

/** The pieces of text in a stream of server-sent events. */
async function* pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const data = /^data:\s*(.*)$/.exec(line)?.[1]
      if (data === '[DONE]') return
      if (data) yield pieceOf(data)
    }
  }
}

function pieceOf(data: string): string {
  const event = JSON.parse(data) as { choices?: { delta?: { content?: unknown } }[]; error?: { message?: string } }
  if (event.error) throw failed(String(event.error.message))
  const content = event.choices?.[0]?.delta?.content
  return typeof content === 'string' ? content : ''
}
