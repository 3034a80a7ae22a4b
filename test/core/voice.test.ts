import {
  type BotOptions,
  createBot,
  dialog,
  type IncomingMessage,
  memory,
  type OutgoingMessage,
  plainText,
  slot,
  type Transcribe,
} from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { expect, it } from 'vitest'

const AUDIO = { name: '../note.ogg', type: 'audio/ogg; codecs=opus', url: 'data:audio/ogg;base64,T2dnUw==' }
const refund = dialog({
  name: 'refund',
  start: 'refund',
  slots: { proof: slot.attachment({ ask: 'Which file?' }) },
  run: async (d) => d.say(`Kept ${(await d.ask('proof')).name}.`),
})

function setUp(transcribe?: Transcribe, more: Partial<BotOptions> = {}) {
  const said: OutgoingMessage[] = []
  const lines: string[] = []
  const store = memory()
  const channel = {
    name: 'phone',
    async start() {},
    async stop() {},
    send: async (_address: unknown, message: OutgoingMessage) => void said.push(message),
  }
  const bot = createBot({
    dialogs: [refund],
    classifier: byPattern({ refund: /refund/ }),
    store,
    channels: [channel],
    log: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }),
    ...(transcribe && { transcribe }),
    ...more,
  })
  let count = 0
  const send = async (message: Partial<IncomingMessage>) => {
    said.length = 0
    const id = `m${++count}`
    await bot.receive({ id, channel: 'phone', conversation: 'c', person: 'p', text: '', address: null, ...message })
    await expect.poll(() => said.length).toBeGreaterThan(0)
    return said.map(({ parts }) => plainText(parts))
  }
  return { bot, send, lines, store, said }
}

it('the log tells of files, and keeps none of their bytes', async () => {
  const { send, store } = setUp()
  const photo = { name: 'me.png', type: 'image/png', url: 'web:1', size: 9 }
  await send({ text: 'refund', attachments: [photo, { ...photo, url: 'data:image/png;base64,AAAA' }] })
  expect((await store.history('c', 9))[0]).toMatchObject({ type: 'customer', attachments: [photo] })
})

it('a voice note is understood by what is said in it, and stays a file', async () => {
  const heard: unknown[] = []
  const { bot, send, store } = setUp(async ({ name, type, bytes }, locale) => {
    heard.push([name, type, Buffer.from(bytes).toString(), locale])
    return ' I want a refund. '
  })
  await bot.start()
  expect(await send({ attachments: [AUDIO], locale: 'en-GB' })).toEqual(['Which file?'])
  expect(await send({ attachments: [{ ...AUDIO, name: 'proof.ogg' }] })).toEqual(['Kept proof.ogg.'])
  await bot.stop()
  expect(heard[0]).toEqual(['note.ogg', AUDIO.type, 'OggS', 'en-GB'])
  expect((await store.history('c', 9))[0]).toMatchObject({ type: 'customer', text: 'I want a refund.' })
})

it('is not listened to where something is written beside it', async () => {
  const { bot, send } = setUp(() => expect.fail('nobody needs it'))
  await bot.start()
  expect(await send({ text: 'refund', attachments: [AUDIO] })).toEqual(['Which file?'])
  await bot.stop()
})

it('that cannot be turned into text is answered, in the language of the customer, and the log says why', async () => {
  const { bot, send, lines } = setUp(() => Promise.reject(new Error('the model is away')))
  await bot.start()
  expect(await send({ attachments: [AUDIO] })).toEqual([expect.stringContaining('Could you write it')])
  expect(await send({ attachments: [AUDIO], locale: 'zh-CN' })).toEqual([expect.stringContaining('请您改用文字发送')])
  expect(lines.join()).toContain('the model is away')
  await send({ text: 'refund' })
  expect(await send({ attachments: [AUDIO] }), 'it answers a question for a file all the same').toEqual([
    'Kept ../note.ogg.',
  ])
  await bot.stop()
})

it('that is silent, takes too long, cannot be read, or meets a bot that does not listen, is answered too', async () => {
  const bots = [
    setUp(async () => ' '),
    setUp(() => new Promise(() => {}), { stepSeconds: 0.05 }),
    setUp(async () => 'refund', {}),
    setUp(),
  ]
  for (const [n, { bot, send }] of bots.entries()) {
    await bot.start()
    const url = n === 2 ? 'slack:gone' : AUDIO.url
    expect(await send({ attachments: [{ ...AUDIO, url }] }), String(n)).toEqual([
      expect.stringContaining('Could you write it'),
    ])
    await bot.stop()
  }
})

it('is transcribed once, however often its turn starts over', async () => {
  let times = 0
  const { bot, send, store } = setUp(async () => {
    times++
    return 'refund'
  })
  const save = store.save.bind(store)
  let conflicts = 2
  store.save = async (commit) => (conflicts-- > 0 ? false : save(commit))
  await bot.start()
  expect(await send({ attachments: [AUDIO] })).toEqual(['Which file?'])
  await bot.stop()
  expect(times).toBe(1)
})

it('thumbs are asked for with the last message of what is over, once, and come back as feedback', async () => {
  const { bot, send, said, store } = setUp(undefined, { feedback: true })
  await bot.start()
  await send({ text: 'hello' })
  await send({ text: 'refund' })
  expect(said.flatMap(({ parts }) => parts.map(({ type }) => type))).toEqual(['text'])
  expect(await send({ attachments: [AUDIO] })).toEqual(['Kept ../note.ogg.'])
  expect(said.map(({ parts }) => parts.map(({ type }) => type))).toEqual([['text', 'feedback']])
  await bot.receive({
    ...{ id: 'thumb', channel: 'phone', conversation: 'c', person: 'p', text: '', address: null },
    feedback: { value: 1, message: said[0]?.id ?? '' },
  })
  await bot.stop()
  expect((await store.history('c', 1))[0]).toMatchObject({ type: 'feedback', value: 1, message: said[0]?.id })
})
