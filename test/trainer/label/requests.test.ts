import { describe, expect, it } from 'vitest'
import { requestsOf } from '../../../packages/trainer/dist/label/requests.js'
import { talk } from './conversations.js'

const texts = (...of: Parameters<typeof talk> extends [string, ...infer Rest] ? Rest : never) =>
  requestsOf(talk('c', ...of)).map(({ text }) => text)

describe('which turns carry a request', () => {
  it('passes over greetings, names, thanks, confirmations and commands', () => {
    expect(
      texts(
        ['customer', 'Hello!'],
        ['agent', 'Hello, how can I help?'],
        ['customer', "Hi, I'm Anna Smith"],
        ['customer', 'Where is my parcel?'],
        ['agent', 'It arrives on Friday.'],
        ['customer', 'Great, thank you so much!'],
        ['customer', 'cancel'],
        ['customer', '👍'],
        ['customer', 'That’s all, bye'],
      ),
    ).toEqual(['Where is my parcel?'])
  })

  it('takes a request that comes with a greeting and a name, whole', () => {
    const said = "Hi, I'm Alina and I need to reserve a flight."
    expect(texts(['customer', said])).toEqual([said])
  })

  it('tells an answer to a question from a request that follows an invitation', () => {
    expect(
      texts(
        ['customer', 'I want to book a hotel'],
        ['agent', 'For which night?'],
        ['customer', 'Could be Tuesday, I will see'],
        ['agent', 'It is booked. Is there anything else I can do for you?'],
        ['customer', 'Yes, what is the weather in York?'],
      ),
    ).toEqual(['I want to book a hotel', 'Yes, what is the weather in York?'])
  })

  it('hears an opening request in what answers a question for the name, but no mere name', () => {
    const opening = 'My name is Mark. I need my prescription.'
    expect(texts(['customer', 'hi'], ['agent', 'Could I get your name, please?'], ['customer', opening])).toEqual([
      opening,
    ])
    expect(texts(['customer', 'hi'], ['agent', 'Your name, please?'], ['customer', 'Tyler Jones'])).toEqual([])
  })

  it('trusts the engine where it has decided about a turn', () => {
    expect(
      texts(
        ['customer', 'my card is gone', { decision: 'open' }],
        ['customer', 'can it be the blue one?', { decision: 'answer' }],
        ['customer', 'gibberish of some kind', { decision: 'fallback' }],
      ),
    ).toEqual(['my card is gone', 'gibberish of some kind'])
  })

  it('reads Chinese', () => {
    expect(
      texts(['customer', '你好'], ['customer', '我想查一下我的卡'], ['agent', '好的。'], ['customer', '谢谢，再见']),
    ).toEqual(['我想查一下我的卡'])
  })
})
