import { type Conversation, type ConversationFlavor, conversations, createConversation } from '@grammyjs/conversations'
import { Bot, type Context } from 'grammy'
import { type Engine, type Name, OPENS, QUESTIONS, summary } from './dialog.js'

type Ctx = ConversationFlavor<Context>

/** @grammyjs/conversations: one conversation function; its log of operations in the plugin's own storage in memory. */
export function grammy(): Engine {
  const waiting = new Map<number, (reply: string) => void>()
  const botInfo = {
    id: 1,
    is_bot: true as const,
    first_name: 'bench',
    username: 'bench_bot',
    can_join_groups: false,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_guest_queries: false,
    supports_join_request_queries: false,
  }
  const ids = new Map<string, number>()
  let count = 0
  // A transformer would hide the calls from the plugin's log, which is its way of being durable: what stands in for
  // Telegram is the function that would go to the network.
  async function telegram(_url: unknown, { body }: { body?: unknown } = {}) {
    const { chat_id, text } = JSON.parse(String(body))
    waiting.get(chat_id)?.(text)
    const result = { message_id: ++count, date: 0, chat: { id: chat_id, type: 'private' }, text }
    return { json: async () => ({ ok: true, result }) }
  }
  const bot = new Bot<Ctx>('1:bench', { botInfo, client: { fetch: telegram as unknown as typeof fetch } })

  async function booking(conversation: Conversation<Ctx, Context>, ctx: Context) {
    const answers: Partial<Record<Name, string>> = {}
    for (const { name, ask, pattern } of QUESTIONS) {
      await ctx.reply(ask)
      for (;;) {
        const { message } = await conversation.waitFor('message:text')
        const found = pattern.exec(message.text)?.[0]
        if (found !== undefined) {
          answers[name] = found
          break
        }
        await ctx.reply(ask)
      }
    }
    await ctx.reply(summary(answers as Record<Name, string>))
  }
  bot.use(conversations())
  bot.use(createConversation(booking))
  bot.hears(OPENS, (ctx) => ctx.conversation.enter('booking'))

  return {
    async say(conversation, text) {
      const id = ids.get(conversation) ?? ids.size + 1
      ids.set(conversation, id)
      const reply = new Promise<string>((resolve) => waiting.set(id, resolve))
      const chat = { id, type: 'private' as const, first_name: conversation }
      const from = { id, is_bot: false, first_name: conversation }
      await bot.handleUpdate({ update_id: ++count, message: { message_id: count, date: 0, chat, from, text } })
      return reply
    },
    async close() {},
  }
}
