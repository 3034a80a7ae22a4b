import { teams } from '@colloquy/adapters/teams'
import type { Part } from '@colloquy/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Host } from './host.js'
import { type Fields, TENANT, TeamsService } from './teams-service.js'

const ANNA = { id: '29:anna', name: 'Anna' }
const PERSONAL = { id: 'a:1', conversationType: 'personal', tenantId: TENANT }
const GROUP = { id: '19:group@thread.v2', conversationType: 'groupChat', tenantId: TENANT }

describe.each(['botbuilder', 'agents-hosting'] as const)('messages in Teams, on %s', (library) => {
  let service: TeamsService
  let host: Host
  let channel: ReturnType<typeof teams>

  beforeEach(async () => {
    service = new TeamsService(library)
    host = new Host(() => [])
    await service.start()
    channel = await host.start(teams({ ...service.options, greeting: 'Hello there!' }))
  })
  afterEach(async () => {
    await channel.stop()
    await service.stop()
  })

  let ids = 0
  const deliver = (more: Fields) =>
    service.request({
      type: 'message',
      id: `i${++ids}`,
      from: ANNA,
      recipient: service.bot,
      conversation: PERSONAL,
      ...more,
    })
  const hear = async (more: Fields) => {
    expect((await deliver(more)).status).toBe(200)
    return host.received.at(-1)
  }
  const say = async (parts: Part[], conversation: Fields = PERSONAL, more = {}) => {
    const known = await hear({ text: 'x', conversation, entities: [mention(service.bot)] })
    await channel.send(known?.address ?? null, { id: `o${++ids}`, parts, ...more })
    return service.calls.filter(({ body }) => body.type === 'message').map(({ body }) => body)
  }
  const mention = ({ id, name }: { id: string; name: string }) => ({
    type: 'mention',
    mentioned: { id, name },
    text: `<at>${name}</at>`,
  })
  const html = (content: string) => ({ attachments: [{ contentType: 'text/html', content }] })
  const text = (text: string): Part => ({ type: 'text', text })

  it("takes out the bot's own mention, and keeps others as readable text", async () => {
    const entities = [mention(service.bot), mention({ id: '29:bo', name: 'Bo (Sales+)' })]
    const plain = '<at>The Bot</at>&nbsp;ask <at>Bo (Sales+)</at> please'
    expect(await hear({ conversation: GROUP, text: plain, entities })).toMatchObject({
      text: 'ask @Bo (Sales+) please',
    })
    const marked = (name: string) =>
      `<span itemscope itemtype="http://schema.skype.com/Mention" itemid="0">${name}</span>`
    const rich = html(`<p>${marked('The Bot')}&nbsp;ask ${marked('Bo (Sales+)')} please</p>`)
    const heard = await hear({ conversation: GROUP, text: plain, entities, ...rich })
    expect(heard).toMatchObject({ text: 'ask @Bo (Sales+) please' })
    expect(heard).not.toHaveProperty('addressed')
  })

  it('listens in group chats without a mention, and hears whose turn it is not', async () => {
    expect(await hear({ conversation: GROUP, text: 'lunch?' })).toMatchObject({ text: 'lunch?', addressed: false })
  })

  it('reads lines, emoji and entities as they were written, and leaves out the message that is answered', async () => {
    const quoted = '<blockquote itemscope itemtype="http://schema.skype.com/Reply"><b>Bot</b><p>What?</p></blockquote>'
    const rich = html(
      `${quoted}<p>a &lt; b &amp;amp; c</p><p>two<br>three <emoji alt="😀"></emoji> &#128077;&#x1F44E;&#xD83D;</p>`,
    )
    expect((await hear({ text: 'ignored', ...rich }))?.text).toBe('a < b &amp; c\ntwo\nthree 😀 👍👎')
  })

  it('takes what is pressed and filled in on cards, however a client sends it', async () => {
    expect(await hear({ text: 'Yes', value: { choice: 'yes', label: 'Yes' } })).toMatchObject({
      text: 'Yes',
      choice: 'yes',
    })
    expect(await hear({ text: 'Yes', value: '{"choice":"yes"}' })).toMatchObject({ text: 'Yes', choice: 'yes' })
    expect(await hear({ value: { choice: 'blue' } })).toMatchObject({ text: 'blue', choice: 'blue' })
    const filled = { order: '123456', reason: 'late' }
    expect(await hear({ value: filled })).toMatchObject({ fields: filled })
    const action = { type: 'Action.Execute', verb: 'form', data: filled }
    const answer = await deliver({ type: 'invoke', name: 'adaptiveCard/action', value: { action } })
    expect(await answer.json()).toMatchObject({ statusCode: 200, value: { body: [{ text: '✓ 123456\nlate' }] } })
    expect(host.received.at(-1)).toMatchObject({ fields: filled })
    const buy = { type: 'Action.Execute', verb: 'card', data: { choice: 'red', label: 'Buy red' } }
    const shown = await deliver({ type: 'invoke', name: 'adaptiveCard/action', value: { action: buy } })
    expect(await shown.json()).toMatchObject({ statusCode: 200, value: '✓ Buy red' })
  })

  it('answers what it does not know with 501', async () => {
    expect((await deliver({ type: 'invoke', name: 'composeExtension/query', value: {} })).status).toBe(501)
    for (const type of ['typing', 'event', 'messageUpdate', 'whatever'])
      expect((await deliver({ type })).status).toBe(200)
    expect(host.received).toEqual([])
  })

  it('offers choices as suggested actions where those say it all, else on a card', async () => {
    const same = { type: 'choices' as const, choices: [{ label: 'late', value: 'late' }] }
    const [personal] = await say([text('Why?'), same])
    expect(personal).toMatchObject({ text: 'Why?', suggestedActions: { actions: [{ type: 'imBack', value: 'late' }] } })
    const group = (await say([text('Why?'), same], GROUP)).at(-1)
    expect(JSON.stringify(group?.attachments)).toContain('"verb":"choices","data":{"choice":"late","label":"late"}')
    const many = Array.from({ length: 9 }, (_, n) => ({ label: `No. ${n}`, value: `${n}` }))
    const list = (await say([text('Which?'), { type: 'choices', choices: many }])).at(-1)
    expect(JSON.stringify(list?.attachments)).toContain('{"title":"No. 8","value":"8"}')
  })

  it('asks with a form, and for thumbs', async () => {
    const fields = [
      { name: 'order', label: 'Order' },
      { name: 'why', label: 'Why', choices: [{ label: 'Late', value: 'late' }], optional: true },
    ]
    const [form] = await say([text('Which order?'), { type: 'form', title: 'Refund', fields }, { type: 'feedback' }])
    const shown = JSON.stringify(form?.attachments)
    expect(shown).toContain('{"type":"Input.Text","id":"order","label":"Order","isRequired":true')
    expect(shown).toContain('{"type":"Input.ChoiceSet","id":"why","label":"Why","choices"')
    expect(form?.channelData).toEqual({ feedbackLoop: { type: 'default' } })
  })

  it('takes thumbs and reactions for ratings, and knows what is rated', async () => {
    await say([text('Done.')])
    const replyToId = [...service.history.keys()].at(-1)
    const rated = host.received.at(-1)?.address as { conversation: string }
    const value = { actionName: 'feedback', actionValue: { reaction: 'dislike', feedback: '{}' } }
    await hear({ type: 'invoke', name: 'message/submitAction', value, replyToId })
    expect(host.received.at(-1)).toMatchObject({ feedback: { value: -1, message: `o${ids - 1}` } })
    await hear({ type: 'messageReaction', reactionsAdded: [{ type: '1f44d_thumbsup' }], replyToId: 'unknown' })
    expect(host.received.at(-1)).toMatchObject({
      text: '',
      feedback: { value: 1 },
      conversation: `teams:${rated.conversation}`,
    })
    await deliver({ type: 'messageReaction', reactionsAdded: [{ type: 'surprised' }], replyToId })
    await deliver({ type: 'messageReaction', reactionsRemoved: [{ type: 'like' }], replyToId })
    expect(host.received.filter(({ feedback }) => feedback)).toHaveLength(2)
  })

  it('lets nobody speak through it: no mentions, no mark-up, no names that are more than names', async () => {
    const evil = '<at>Everyone</at> <img src=x onerror=alert(1)> &lt;b&gt; `<at>code</at>` see <https://ok.example>'
    const [said] = await say([text(evil)], PERSONAL, { speaker: '**Mia** <at>Boss</at>' })
    expect(said?.text).toBe(
      '**Mia atBoss/at:**\n\n&lt;at>Everyone&lt;/at> &lt;img src=x onerror=alert(1)> &lt;b&gt; `<at>code</at>` see <https://ok.example>',
    )
    expect(said).not.toHaveProperty('entities')
    const [, card] = await say([{ type: 'card', title: '<at>Everyone</at>', text: '<script>1</script>' }])
    expect(card).not.toHaveProperty('text')
  })

  it('keeps the ends of lines, and code as it is', async () => {
    const [said] = await say([text('One\nTwo\n- a\n- b\n\n```\nx\n<y>\n```\nThree\nFour')])
    expect(said?.text).toBe('One\n\nTwo\n- a\n- b\n\n```\nx\n<y>\n```\nThree\n\nFour')
  })

  it('gets over what was written to take long', async () => {
    const evil = ['<', '<at>', '<emoji ', '<blockquote schema.skype.com/Reply ', '&#1', '<span itemtype="'].map((one) =>
      one.repeat(90_000 / one.length),
    )
    for (const content of evil) await hear({ text: 'x', ...html(`x${content}`) })
    for (const one of ['```a\n', '`', '<', '- \n', ' \n']) await say([text(one.repeat(9000 / one.length))])
    expect(host.received).toHaveLength(11)
  })

  it('sends nothing that Teams finds too large', async () => {
    const parts: Part[] = [text('你好，世界。'.repeat(4000)), { type: 'card', title: 'T', text: 'long '.repeat(6000) }]
    const sent = await say(parts)
    for (const body of sent) expect(JSON.stringify(body).length * 2).toBeLessThan(80 * 1024)
    const all = sent.map((body) => body.text).join(' ')
    expect(all.match(/，/g)).toHaveLength(4000)
    expect(all.match(/long/g)).toHaveLength(6000)
  })

  it('greets once where an installation is told twice', async () => {
    const added = { type: 'conversationUpdate', membersAdded: [{ id: service.bot.id }] }
    const answers = await Promise.all([deliver({ type: 'installationUpdate', action: 'add' }), deliver(added)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    await deliver({ type: 'conversationUpdate', membersAdded: [{ id: '29:bo' }] })
    await deliver({ type: 'installationUpdate', action: 'remove' })
    expect(service.in('a:1').map(({ activity }) => activity.text)).toEqual(['Hello there!'])
  })

  it('answers in the response where the request expects that', async () => {
    await channel.stop()
    host = new Host(({ text: said }) => [[text(`You said: ${said}`)], [text('Anything else?')]])
    channel = await host.start(teams(service.options))
    const answer = await deliver({ text: 'hi', deliveryMode: 'expectReplies' })
    expect(await answer.json()).toMatchObject({ activities: [{ text: 'You said: hi' }, { text: 'Anything else?' }] })
    expect(service.calls).toEqual([])
    await deliver({ text: 'hi' })
    expect(service.in('a:1')).toHaveLength(2)
  })

  it('writes an answer over itself where Teams does not stream', async () => {
    const heard = await hear({ text: 'x', conversation: GROUP, entities: [mention(service.bot)] })
    await channel.typing?.(heard?.address ?? null, 'Once')
    await channel.send(heard?.address ?? null, { id: 'o', parts: [text('Once upon a time')] })
    expect(service.calls.map(({ method, body }) => [method, body.text])).toEqual([
      ['POST', 'Once'],
      ['PUT', 'Once upon a time'],
    ])
  })

  it('says anew what Teams does not take as the end of a stream', async () => {
    const heard = await hear({ text: 'x' })
    await channel.typing?.(heard?.address ?? null, 'Once')
    service.refusing = { status: 403, calls: 1 }
    await channel.send(heard?.address ?? null, { id: 'o', parts: [text('Something else')] })
    expect(service.calls.at(-1)?.body).toMatchObject({ type: 'message', text: 'Something else' })
  })

  it('gives up what Teams never takes, and throws what it may take later', async () => {
    const heard = await hear({ text: 'x' })
    const send = (status: number) => {
      service.refusing = { status, calls: 9 }
      return channel.send(heard?.address ?? null, { id: `o${status}`, parts: [text('x')] })
    }
    await expect(send(403)).rejects.toMatchObject({ code: 'bad_message' })
    await expect(send(401)).rejects.toMatchObject({ code: 'channel_failed' })
    expect(service.calls).toEqual([])
  })

  it('never says the first half again where the second failed', async () => {
    const heard = await hear({ text: 'x' })
    const send = () => channel.send(heard?.address ?? null, { id: 'o', parts: [text(`A${' b'.repeat(12_000)}`)] })
    service.refusing = { status: 401, calls: 1, after: 1 }
    await expect(send()).rejects.toMatchObject({ code: 'channel_failed' })
    await send()
    await send()
    expect(service.in('a:1').map(({ activity }) => String(activity.text).slice(0, 3))).toEqual(['A b', 'b b'])
  })
})
