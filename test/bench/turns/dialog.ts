/** What every engine is made to do: open on a message, ask four questions, take an answer only where it fits, sum up. */
export const OPENING = 'I want to return my order'
export const OPENS = /\breturn\b/
export const QUESTIONS = [
  { name: 'order', ask: 'What is your order number?', pattern: /\b\d{6}\b/ },
  { name: 'email', ask: 'Which email did you use?', pattern: /[\w.+-]+@[\w-]+\.[a-z]{2,}/i },
  { name: 'postcode', ask: 'What is your postcode?', pattern: /\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b/ },
  { name: 'weight', ask: 'How heavy is it?', pattern: /\b\d+(\.\d+)? ?(g|kg)\b/ },
] as const
export type Name = (typeof QUESTIONS)[number]['name']

export function summary(answers: Record<Name, string>): string {
  return `Booked: order ${answers.order}, ${answers.email}, ${answers.postcode}, ${answers.weight}.`
}

/** One customer's side, and what they must hear after each message. */
export const SAID = [OPENING, 'it is 123456', 'anna@example.com', 'SW1A 1AA', 'about 2.5 kg']
export const HEARD = [
  ...QUESTIONS.map(({ ask }) => ask),
  summary({ order: '123456', email: 'anna@example.com', postcode: 'SW1A 1AA', weight: '2.5 kg' }),
]

/** One engine with its state, as the benchmark drives it. */
export interface Engine {
  /** Hands a message over; resolves with the reply once it has reached the customer. */
  say(conversation: string, text: string): Promise<string>
  close(): Promise<void>
}

/** One customer's dialog, message by message; a wrong reply ends the benchmark. */
export async function dialog(engine: Engine, conversation: string): Promise<void> {
  for (const [n, text] of SAID.entries()) {
    const heard = await engine.say(conversation, text)
    if (heard !== HEARD[n]) throw new Error(`To "${text}" it said "${heard}" instead of "${HEARD[n]}".`)
  }
}
