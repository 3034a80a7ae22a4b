import { en } from '@colloquy/core/text/en'
import { zh } from '@colloquy/core/text/zh'

/** How people talk without asking for anything; the rest is in core's own tables of commands. */
interface Talk {
  /** A whole clause that confirms, thanks or tells a name. */
  empty: RegExp
  /** Marks a clause in which something is asked for. */
  request: RegExp
  /** A question of an agent that invites a request, unlike one that asks for a detail. */
  invitation: RegExp
}

const TALK: Talk[] = [
  {
    empty:
      /^(?:(?:yes|yeah|yep|yup|no|nope|nah|ok|okay|sure|right|alright|great|perfect|fine|good|cool|awesome|excellent|wonderful|correct|exactly|please|sorry|hm+|um+|oh|well|thanks|thank you|thank|you|so much|very much|again|there|hi|hello|hey|that is (?:it|all|right|fine|correct)|that's (?:it|all|right|fine|correct|great|perfect)|sounds (?:good|great)|how are you(?: doing)?(?: today)?|i am (?:good|fine|well)|i'm (?:good|fine|well)|have a (?:good|great|nice) (?:day|one|night|evening)|you too|(?:that is|that's|that will be|that would be) (?:all|it|everything|perfect|great|good|fine)|all i need(?:ed)?|for (?:your|the|all(?: of)? your|all(?: of)? the) (?:help|assistance|time)|for (?:now|today)|your help(?: today)?|it|i will|i do not|i don't|not?|a lot|very|everything|good ?bye|bye)\s*)+$|^(?:(?:hi|hello|hey|yes|sure|ok|okay),?\s+)?(?:(?:my|the) (?:full )?name(?: is|'s)|this is|i am|i'm|it is|it's)\s+(?:\p{Lu}?[\p{L}'-]+|\[[a-z-]+\])(?:\s+(?:\p{Lu}[\p{L}'-]+|\[[a-z-]+\])){0,3}(?:\s+here)?$/iu,
    request:
      /\?|\b(?:can|could|would|will|may|how|what|when|where|which|who|why|is there|are there|do you|does|did|help|need|want|wanna|like to|looking|look for|please|trying|try to|book|find|check|search|reserve|schedule|order|cancel|change|tell me|show me|give me|let me know|let's|lost|stole|stolen|missing)\b/i,
    invitation:
      /\b(?:anything|something|what|how)\b.{0,30}\b(?:else|help|assist|do for you)\b|\bhelp you\b|\bassist you\b/i,
  },
  {
    empty:
      /^(?:是的?|对的?|好的?|嗯+|行|可以|没有|不用|不是|谢谢你?您?|明白了?|知道了|了解|太好了|没问题|我叫.{1,4}|我是.{2,3})+$/,
    request: /[？?]|吗|呢|什么|怎么|哪|几|多少|想|要|请|帮|能不能|可以.+吗|推荐|查|订|找/,
    invitation: /还有什么|还需要|有什么.{0,6}(?:帮|可以)|请问.{0,6}需要/,
  },
]

const COMMANDS = [en, zh].flatMap(({ commands }) => Object.values(commands))
const CLAUSES = /[,.!?;:\n，。！？；：、]+/

/** Whether a turn holds nothing but greetings, thanks, confirmations, commands and names. */
export function isFiller(text: string): boolean {
  const clauses = text.split(CLAUSES).map((clause) => clause.trim())
  return clauses.every((clause) => !/\p{L}/u.test(clause) || isEmpty(clause)) || isEmpty(text.trim())
}

function isEmpty(clause: string): boolean {
  const straight = clause.replaceAll('’', "'")
  return COMMANDS.some((one) => one.test(straight)) || TALK.some(({ empty }) => empty.test(straight))
}

/** Whether something in the text asks for something. */
export function asks(text: string): boolean {
  return TALK.some(({ request }) => request.test(text))
}

/** Whether an agent's turn asks for a detail, so that what follows is its answer. */
export function wantsDetail(text: string): boolean {
  return /[?？]/.test(text) && !TALK.some(({ invitation }) => invitation.test(text))
}
