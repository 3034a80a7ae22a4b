import { BotAdapter, ConversationState, MemoryStorage, type ResourceResponse, TurnContext } from 'botbuilder-core'
import { DialogSet, DialogTurnStatus, TextPrompt, WaterfallDialog, type WaterfallStepContext } from 'botbuilder-dialogs'
import { type Engine, type Name, OPENS, QUESTIONS, summary } from './dialog.js'

class Adapter extends BotAdapter {
  readonly waiting = new Map<string, (reply: string) => void>()

  async sendActivities(_context: TurnContext, activities: { text?: string; conversation?: { id: string } }[]) {
    for (const { text, conversation } of activities) if (text) this.waiting.get(conversation?.id ?? '')?.(text)
    return activities.map((): ResourceResponse => ({ id: '1' }))
  }
  async updateActivity() {}
  async deleteActivity() {}
  async continueConversation() {}

  receive(context: TurnContext, logic: () => Promise<void>) {
    return this.runMiddleware(context, logic)
  }
}

/** botbuilder-dialogs: a waterfall of text prompts with validators; state in its MemoryStorage after each turn. */
export function botbuilder(): Engine {
  const adapter = new Adapter()
  const state = new ConversationState(new MemoryStorage())
  const dialogs = new DialogSet(state.createProperty('dialogs'))
  for (const { name, pattern } of QUESTIONS) {
    const fits = async ({ recognized }: { recognized: { value?: string } }) => {
      const found = pattern.exec(recognized.value ?? '')?.[0]
      if (found !== undefined) recognized.value = found
      return found !== undefined
    }
    dialogs.add(new TextPrompt(name, fits))
  }
  const ask = QUESTIONS.map(({ name, ask }, n) => async (step: WaterfallStepContext) => {
    const before = QUESTIONS[n - 1]
    if (before) (step.values as Record<string, string>)[before.name] = step.result
    return step.prompt(name, ask)
  })
  const end = async (step: WaterfallStepContext) => {
    await step.context.sendActivity(summary({ ...(step.values as Record<Name, string>), weight: step.result }))
    return step.endDialog()
  }
  dialogs.add(new WaterfallDialog('return', [...ask, end]))

  let count = 0
  return {
    async say(conversation, text) {
      const reply = new Promise<string>((resolve) => adapter.waiting.set(conversation, resolve))
      const activity = {
        type: 'message',
        id: `m${++count}`,
        channelId: 'bench',
        serviceUrl: 'https://bench.example',
        conversation: { id: conversation, isGroup: false, conversationType: 'personal', name: '' },
        from: { id: conversation, name: '' },
        recipient: { id: 'bot', name: '' },
        text,
      }
      const context = new TurnContext(adapter, activity)
      await adapter.receive(context, async () => {
        const dc = await dialogs.createContext(context)
        const { status } = await dc.continueDialog()
        if (status === DialogTurnStatus.empty && OPENS.test(text)) await dc.beginDialog('return')
        await state.saveChanges(context)
      })
      return reply
    },
    async close() {},
  }
}
