import { createMemoryState } from '@chat-adapter/state-memory'
import { type Adapter, Chat, type FormattedContent, Message, parseMarkdown, type StateAdapter, type Thread } from 'chat'
import { type Engine, type Name, OPENS, QUESTIONS, summary } from './dialog.js'

interface State {
  /** Which question waits for its answer. */
  asked: number
  answers: Partial<Record<Name, string>>
}

/**
 * `chat` has no dialogs: this is the shortest one by hand, on the state that it keeps for a thread, in its memory state.
 * Its guide for adapters reads each message as Markdown; so does this one.
 */
export const chat = () => bot(parseMarkdown)

/** The same on an adapter that makes one paragraph of any message. */
export const chatUnparsed = () =>
  bot((value) => ({ type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value }] }] }))

async function bot(parse: (text: string) => FormattedContent): Promise<Engine> {
  const waiting = new Map<string, (reply: string) => void>()
  const unused = () => Promise.reject(new Error('not used in this benchmark'))
  const adapter: Adapter<string, string> = {
    name: 'bench',
    userName: 'bot',
    async initialize() {},
    handleWebhook: unused,
    async postMessage(threadId, message) {
      waiting.get(threadId)?.(String(message))
      return { id: '1', threadId, raw: '' }
    },
    editMessage: unused,
    deleteMessage: unused,
    addReaction: unused,
    removeReaction: unused,
    fetchMessages: unused,
    fetchThread: unused,
    parseMessage: () => {
      throw new Error('not used in this benchmark')
    },
    renderFormatted: () => '',
    channelIdFromThreadId: (id) => id,
    encodeThreadId: (id) => id,
    decodeThreadId: (id) => id,
    isDM: () => true,
    async startTyping() {},
  }
  const instance = new Chat<{ bench: Adapter<string, string> }, State>({
    userName: 'bot',
    adapters: { bench: adapter },
    // Its last release was built against the version before, whose types differ in a private field.
    state: createMemoryState() as unknown as StateAdapter,
    logger: 'silent',
  })

  async function open(thread: Thread<State>) {
    await thread.setState({ asked: 0, answers: {} })
    await thread.post(QUESTIONS[0].ask)
  }
  instance.onDirectMessage(async (thread, message) => {
    const state = await thread.state
    const question = state && QUESTIONS[state.asked]
    if (!question) return OPENS.test(message.text) ? open(thread) : undefined
    const found = question.pattern.exec(message.text)?.[0]
    if (found === undefined) {
      await thread.post(question.ask)
      return
    }
    const answers = { ...state.answers, [question.name]: found }
    await thread.setState({ asked: state.asked + 1, answers })
    await thread.post(QUESTIONS[state.asked + 1]?.ask ?? summary(answers as Record<Name, string>))
  })

  await instance.initialize()
  let count = 0
  return {
    async say(conversation, text) {
      const threadId = `bench:${conversation}`
      const reply = new Promise<string>((resolve) => waiting.set(threadId, resolve))
      const message = new Message({
        id: `m${++count}`,
        threadId,
        text,
        raw: text,
        formatted: parse(text),
        author: { userId: conversation, userName: conversation, fullName: conversation, isBot: false, isMe: false },
        metadata: { dateSent: new Date(), edited: false },
        attachments: [],
      })
      await instance.processMessage(adapter, threadId, message)
      return reply
    },
    close: () => instance.shutdown(),
  }
}
