export { type AnswererOptions, answerer } from './answer/answerer.js'
export type { EndpointOptions } from './answer/endpoint.js'
export { type Embed, type Match, type Passage, readPassages } from './answer/passages.js'
export { type Bot, type BotOptions, createBot } from './bot.js'
export type { Channel, ChannelHost, FileContent, Thread } from './channel.js'
export type { Conversation, Frame, Pending, Result } from './conversation.js'
export { type Decision, decide, type Situation, type Thresholds } from './decide.js'
export {
  type Answer,
  answers,
  type Dialog,
  type DialogContext,
  type DialogOptions,
  type DialogsOf,
  dialog,
  dialogsOf,
  type Once,
  type OnlyPlainDataCanBeStored,
  type Plain,
  type Slots,
} from './dialog/dialog.js'
export type { Found, Money } from './dialog/entity.js'
export { type FileValue, type StandardSchema, slot } from './dialog/kinds.js'
export { type Answered, makeSlot, type Slot, type SlotOptions, type SlotValue } from './dialog/slot.js'
export { ColloquyError, type ErrorCode, missing, reason } from './errors.js'
export { FILE_LIMIT, safeName } from './file.js'
export type { Desk, Relayed } from './handoff/desk.js'
export type { DeskRoom } from './handoff/room.js'
export type { InspectOptions } from './inspect/server.js'
export type { LogEvent, LoggedUnderstanding } from './log/event.js'
export type { Review } from './log/review.js'
export { fileSink, type Sink } from './log/sink.js'
export {
  type Attachment,
  type Choice,
  type FormField,
  type IncomingMessage,
  type Json,
  type OutgoingMessage,
  type Part,
  plainText,
} from './message.js'
export { MODEL_FORMAT, type ModelCard, modelCard } from './nlu/card.js'
export {
  type Classification,
  type Classifier,
  type ClassifierOptions,
  classifier,
  type Encoder,
  type IntentScore,
} from './nlu/classifier.js'
export type { Explanation, ScopeMeasure, WordWeight } from './nlu/explain.js'
export type { Profile } from './profile.js'
export { memory } from './store/memory.js'
export type { Commit, Kept, Store, Stored } from './store/store.js'
export { splitText } from './text/split.js'
export type { Command, Texts } from './text/texts.js'
export type { Transcribe } from './transcribe/transcribe.js'
