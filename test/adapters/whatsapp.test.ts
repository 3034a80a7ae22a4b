import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import library, { type Message } from 'whatsapp-web.js'
import { written } from '../../packages/adapters/dist/whatsapp/parse.js'
import { Host } from './host.js'
import { CUSTOMER, connect, Phone } from './whatsapp-remote.js'

const _PATIENCE = { timeout: 25_000, interval: 20 }
const ME = ['15550000001@c.us', '990000001@lid']
const GROUP = '120363000000000001@g.us'

const { Message: MessageClass } = library as unknown as { Message: new (client: unknown, data: unknown) => Message }

/** A message as the real library makes it of what WhatsApp Web gives. */
function message(fields: Record<string, unknown> = {}) {
  const from = (fields.from as string) ?? CUSTOMER
  const id = { fromMe: false, remote: from, id: 'IN1', _serialized: `false_${from}_IN1` }
  return new MessageClass(new library.Client({}), {
    id,
    from,
    type: 'chat',
    body: 'hello',
    t: 1,
    notifyName: 'Anna',
    ...fields,
  })
}

describe('what people send', () => {
  it('comes from ids that say nothing about phone numbers', () => {
    expect(written(message({ from: '990000002@lid' }), ME)).toMatchObject({
      conversation: 'whatsapp:990000002@lid',
      person: 'whatsapp:990000002@lid',
      name: 'Anna',
      address: { chat: '990000002@lid' },
    })
  })

  it('is for the bot in a group only where it is mentioned, by either of its ids, or answered', () => {
    const inGroup = (fields = {}) => written(message({ from: GROUP, author: CUSTOMER, ...fields }), ME)
    expect(inGroup()).toBeUndefined()
    expect(inGroup({ mentionedJidList: ['4922@c.us'] })).toBeUndefined()
    for (const id of ME) {
      const body = `@${id.split('@')[0]} where is it, @4922?`
      expect(inGroup({ mentionedJidList: [{ _serialized: id }, '4922@c.us'], body })).toMatchObject({
        text: 'where is it, @4922?',
        conversation: `whatsapp:${GROUP}:${CUSTOMER}`,
        person: `whatsapp:${CUSTOMER}`,
        address: { chat: GROUP, quote: `false_${GROUP}_IN1` },
      })
    }
    expect(inGroup({ quotedParticipant: { _serialized: ME[1] } })).toMatchObject({ text: 'hello' })
  })

  it.each([
    [
      'a path for a name',
      { type: 'document', directPath: '/v', filename: '../../etc/passwd', caption: 'see' },
      { text: 'see', name: 'passwd', type: 'application/octet-stream' },
    ],
    [
      'a document without a caption',
      { type: 'document', directPath: '/v', filename: 'a.pdf', caption: 'a.pdf', mimetype: 'application/pdf' },
      { text: '', name: 'a.pdf', type: 'application/pdf' },
    ],
    [
      'a voice note',
      { type: 'ptt', directPath: '/v', mimetype: 'audio/ogg; codecs=opus' },
      { text: '', name: 'audio.ogg', type: 'audio/ogg' },
    ],
    [
      'a photo',
      { type: 'image', directPath: '/v', mimetype: 'image/jpeg', caption: 'broken', size: 7 },
      { text: 'broken', name: 'image.jpeg', type: 'image/jpeg', size: 7 },
    ],
  ])('is understood: %s', (_, fields, { text, ...file }) => {
    const said = written(message(fields), ME)
    expect(said?.text).toBe(text)
    expect(said?.attachments).toMatchObject([{ ...file, url: `whatsapp:false_${CUSTOMER}_IN1/${file.name}` }])
  })

  it('is understood: a place and a contact', () => {
    expect(written(message({ type: 'location', lat: 1.5, lng: 2, loc: 'Shop\nMain St' }), ME)?.text).toBe(
      'Shop\nMain St\n1.5, 2',
    )
    const card = 'BEGIN:VCARD\nFN:Ben\nTEL;waid=1555:+1 555\nEND:VCARD'
    expect(written(message({ type: 'vcard', body: card }), ME)?.text).toBe('Ben +1 555')
  })

  it.each([
    { id: { fromMe: true, _serialized: 'true_1_1' } },
    { from: 'status@broadcast' },
    { from: '120363@newsletter' },
    { isStatusV3: true },
    { type: 'e2e_notification' },
    { type: 'call_log' },
    { type: 'ciphertext' },
    { type: 'poll_creation' },
    { from: {} },
  ])('is none of the bot’s business where it is no message to it: %j', (fields) => {
    expect(written(message(fields), ME)).toBeUndefined()
  })
})

describe('without what it needs', () => {
  it('names the command that installs the library', async () => {
    const hook = `export const resolve = (name, context, next) => {
      if (name === 'whatsapp-web.js') throw Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(name, context)
    }`
    const script = `import { register } from 'node:module'
      register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})
      const { whatsapp } = await import('@colloquy/adapters/whatsapp')
      await whatsapp().start({}).catch((error) => console.log(error.code, error.message))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
    expect(stdout).toBe('missing_dependency whatsapp-web.js is not installed. Run: npm install whatsapp-web.js\n')
  })

  it('says how to name a browser', async () => {
    const phone = await Phone.start()
    const channel = connect(phone.folder, { executablePath: '/nowhere/chrome' })
    await expect(new Host().start(channel)).rejects.toMatchObject({
      code: 'channel_failed',
      message: expect.stringMatching(/cannot be started: .*\/nowhere\/chrome.*executablePath/s),
    })
    await phone.stop()
  })
})
