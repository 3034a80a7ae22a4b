export { byPattern } from './by-pattern.js'
export { type Chat, type ChatOptions, chat, type Expected, type Heard } from './chat.js'
export { type Difference, replay, type Script, type ScriptTurn, scriptsOf } from './replay.js'
