import type { Random } from './random.js'

/** What a customer says at once: mostly one message, sometimes several in quick succession. */
export type Burst = string[]

/** What a customer will say, from hello to the end. Every order number occurs in one conversation only. */
export function scriptOf(random: Random, customer: number): Burst[] {
  return Array.from({ length: random.between(1, 3) }, (_, n) => refund(random, 100_000 + customer * 20 + n * 10)).flat()
}

function refund(random: Random, order: number): Burst[] {
  const reason = random.pick(['damaged', 'late', 'lost'])
  const script: Burst[] = []
  const opening = random.pick(['I want a refund', 'money back please', `refund order ${order}`])
  script.push([opening])
  if (random.chance(0.2)) script.push(['hm?'])
  if (random.chance(0.3)) script.push(['where is my parcel'], [`P${random.between(1000, 9999)}`])
  const answers = opening.includes(`${order}`) ? [reason] : [`${order}`, reason]
  if (random.chance(0.4)) script.push(answers)
  else if (random.chance(0.3)) script.push([...(script.pop() ?? []), ...answers])
  else script.push(...answers.map((answer) => [answer]))
  if (random.chance(0.25)) script.push([`sorry, the order is ${order + 1}`])
  if (random.chance(0.2)) script.push(['where is my parcel P1234', 'thanks'])
  const end = random.pick([
    ['yes'],
    ['yes'],
    ['yes'],
    ['no'],
    ['yes', 'repeat'],
    [`sorry, the order is ${order + 2}`, 'yes'],
  ])
  script.push(random.chance(0.15) ? ['yes', `sorry, the order is ${order + 3}`] : end)
  return script
}
