export { byPattern } from './by-pattern.js'
export { type Chat, type ChatOptions, chat, type Expected, type Heard } from './chat.js'
