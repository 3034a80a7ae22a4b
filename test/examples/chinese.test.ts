import { memory } from '@colloquy/core'
import { byPattern, chat } from '@colloquy/core/testing'
import { it } from 'vitest'
import { bankBot } from '../../examples/bank/bot.js'
import { bank, labels } from './talk.js'

it('the bank is talked to in Chinese: what the engine says of its own accord is Chinese', async () => {
  const intents = { lost_or_stolen_card: /丢/, exchange_via_app: /换/ }
  const bot = bankBot({ bank: bank(), classifier: byPattern(intents, labels), store: memory(), channels: [] })
  const t = chat(bot, { intents, locale: 'zh-CN' })
  await t.user('我的卡丢了').bot('Which card is it?', ['Visa ending in 4021', 'Mastercard ending in 7735'])
  await t
    .user('蓝色的那张')
    .bot('抱歉，我没有明白您的意思。', 'Which card is it?', ['Visa ending in 4021', 'Mastercard ending in 7735'])
  await t.user('第一个').bot(/^Shall I freeze/, ['是', '否'])
  await t.user('好的').bot(/is \*\*frozen\*\*/, /^Would you like a new card/, ['是', '否'])
  await t.user('重复').bot(/is \*\*frozen\*\*/, /^Would you like a new card/, ['是', '否'])
  await t.user('算了').bot('好的，“My card is lost or stolen”已取消。')
  await t.user('谢谢').bot('不客气。还有什么可以帮您的吗？')
  await t.user('转人工').bot(/^正在为您转接人工客服/)
  await t.user('机器人').bot('我回来了。请问有什么可以帮您？')
})
