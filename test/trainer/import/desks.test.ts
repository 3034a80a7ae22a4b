import { describe, expect, it } from 'vitest'
import { jsonl } from '../command.js'
import { type Files, read, said } from './read.js'

const at = '2024-01-25T14:45:00Z'

describe('a Teams export', () => {
  const post = (id: string, text: string, more = {}) => ({
    id,
    messageType: 'message',
    createdDateTime: `2024-01-25T14:45:0${id}Z`,
    from: { user: { id: 'u1', displayName: 'Anna Miller' } },
    channelIdentity: { teamId: 't', channelId: 'c' },
    body: { contentType: 'html', content: text },
    ...more,
  })
  const ben = { from: { user: { id: 'u2', displayName: 'Ben' } } }
  const posts = [
    {
      ...post(
        '1',
        '<div>My <b>card</b> &amp; phone<br>are gone, <at id="0">Ben</at><attachment id="x"></attachment></div>',
      ),
      replies: [
        post('2', '<p>We block it</p><ul><li>card</li><li>phone</li></ul>', {
          ...ben,
          attachments: [{ name: 'form.pdf' }, {}],
        }),
      ],
    },
    post('3', 'Thanks <emoji alt="😀"></emoji>', { replyToId: '1' }),
    { ...post('4', ''), messageType: 'systemEventMessage', from: null, eventDetail: {} },
    post('5', 'plain <b>text</b>', { replyToId: '1', body: { contentType: 'text', content: 'plain <b>text</b>' } }),
  ]
  const forms: [string, Files][] = [
    ['a list', { 'messages.json': JSON.stringify(posts) }],
    [
      'what the API answers',
      { 'page.json': JSON.stringify({ '@odata.context': 'x', value: posts, '@odata.nextLink': 'y' }, null, 2) },
    ],
    ['a post a line', { 'all.jsonl': jsonl(posts) }],
    [
      'a page a line, in a folder',
      { 'team/a.jsonl': jsonl([{ value: posts.slice(0, 2) }, { value: posts.slice(2) }]), 'readme.md': 'x' },
    ],
    [
      'the newest first, in UTF-16',
      { 'messages.json': Buffer.from(`\ufeff${JSON.stringify([...posts].reverse())}`, 'utf16le') },
    ],
  ]
  it.each(forms)('is read as %s', async (_, files) => {
    const { found } = await read(files)
    expect(found).toHaveLength(1)
    expect(found[0]?.id).toBe('teams:c:1')
    expect(found[0]?.turns.map(({ role, text, speaker, attachments }) => [role, text, speaker, attachments])).toEqual([
      ['customer', 'My card & phone\nare gone, Ben', 'Anna Miller', undefined],
      ['agent', 'We block it\n- card\n- phone', 'Ben', ['form.pdf']],
      ['customer', 'Thanks 😀', 'Anna Miller', undefined],
      ['customer', 'plain <b>text</b>', 'Anna Miller', undefined],
    ])
  })

  it('is read as what somebody can ask for of their chats', async () => {
    const say = (from: string, minute: number, content: string) => ({
      id: `${minute}`,
      from,
      displayName: null,
      messagetype: 'RichText',
      originalarrivaltime: `2024-01-25T14:${minute}:00Z`,
      content,
    })
    const conversations = [
      {
        id: '19:x',
        displayName: null,
        MessageList: [say('8:bank', 47, 'We block it'), say('8:anna', 46, 'My card &lt;3')],
      },
    ]
    expect(
      said(await read({ 'messages.json': JSON.stringify({ userId: '8:bank', exportDate: at, conversations }) })),
    ).toEqual([['customer: My card <3', 'agent: We block it']])
  })
})

describe('a Zendesk export', () => {
  const ticket = {
    id: 35436,
    subject: 'Help',
    requester_id: 1,
    requester: { id: 1, name: 'Anna Miller' },
    assignee: { id: 2, name: 'Ben' },
    comments: [
      {
        id: 11,
        author_id: 1,
        body: 'My card is gone',
        public: true,
        created_at: at,
        attachments: [{ file_name: 'card.png' }],
      },
      { id: 12, author_id: 2, body: 'Looks like fraud', public: false, created_at: '2024-01-25T14:46:00Z' },
      {
        id: 13,
        author_id: 2,
        html_body: '<p>Hi Anna,</p><p>we block it.</p>',
        public: true,
        created_at: '2024-03-01T14:46:00Z',
      },
    ],
  }
  it.each<[string, Files]>([
    [
      'a ticket a line',
      { 'tickets.json': jsonl([ticket, { id: 2, requester_id: 5, description: 'No comments', created_at: at }]) },
    ],
    [
      'a list',
      {
        'tickets.json': JSON.stringify({
          tickets: [ticket, { id: 2, requester_id: 5, description: 'No comments', created_at: at }],
          count: 2,
        }),
      },
    ],
  ])('is read as %s, a ticket a conversation however long it took', async (_, files) => {
    const result = await read(files)
    expect(result.found.map(({ id }) => id).sort()).toEqual(['zendesk:2', 'zendesk:35436'])
    const [long] = result.found.filter(({ turns }) => turns.length > 1)
    expect(long?.turns.map(({ role, text, speaker }) => [role, text, speaker])).toEqual([
      ['customer', 'My card is gone', 'Anna Miller'],
      ['system', 'Looks like fraud', 'Ben'],
      ['agent', 'Hi Anna,\n\nwe block it.', 'Ben'],
    ])
    expect(long?.turns[0]?.attachments).toEqual(['card.png'])
    expect(long?.turns[2]?.source).toMatch(/^tickets\.json(:1|\.tickets\[0\])\.comments\[2\]$/)
  })
})

describe('an Intercom export', () => {
  it('gives what was said on both sides, and notes apart', async () => {
    const author = (type: string) => ({ type, id: `${type}1`, name: type })
    const part = (n: number, type: string, part_type: string, body: string | null) => ({
      type: 'conversation_part',
      id: `${n}`,
      part_type,
      body,
      created_at: 1706190000 + n,
      author: author(type),
    })
    const conversation = {
      type: 'conversation',
      id: '99',
      created_at: 1706190000,
      source: {
        type: 'conversation',
        id: '0',
        body: '<p>My card &#8211; gone</p>',
        author: author('user'),
        attachments: [{ name: 'card.png' }],
      },
      conversation_parts: {
        conversation_parts: [
          part(1, 'bot', 'comment', '<p>A moment</p>'),
          part(2, 'admin', 'assignment', null),
          part(3, 'admin', 'note', 'fraud?'),
          part(4, 'admin', 'comment', 'We block it'),
          part(5, 'admin', 'away_mode_assignment', 'x'),
        ],
      },
    }
    const file = JSON.stringify({ type: 'conversation.list', conversations: [conversation] })
    expect(said(await read({ 'conversations.json': file }))).toEqual([
      ['customer: My card – gone', 'agent: A moment', 'system: fraud?', 'agent: We block it'],
    ])
  })
})

describe('bots of other makers', () => {
  const events = [
    { event: 'action', name: 'action_session_start', timestamp: 1706190000 },
    { event: 'session_started', timestamp: 1706190000 },
    {
      event: 'user',
      text: 'My card is gone',
      timestamp: 1706190001.5,
      message_id: 'm1',
      parse_data: { intent: { name: 'lost_card', confidence: 0.97 } },
    },
    { event: 'action', name: 'utter_block', timestamp: 1706190002 },
    { event: 'bot', text: 'We block it', timestamp: 1706190002, metadata: { utter_action: 'utter_block' } },
    { event: 'bot', text: null, data: { buttons: [{ title: 'Yes' }, { title: 'No' }] }, timestamp: 1706190003 },
    { event: 'session_started', timestamp: 1706190004 },
    { event: 'user', text: '/session_start', timestamp: 1706190004 },
    { event: 'user', text: 'Hello', timestamp: 1706190005 },
  ]
  it.each<[string, Files]>([
    ['a tracker', { 'tracker.json': JSON.stringify({ sender_id: 'x', slots: {}, events }, null, 1) }],
    [
      'trackers, one a line',
      {
        'trackers.jsonl': jsonl([
          { sender_id: 'x', events },
          { sender_id: 'y', events: [] },
        ]),
      },
    ],
    ['events, one a line', { 'events.jsonl': jsonl(events.map((event) => ({ sender_id: 'x', ...event }))) }],
  ])('Rasa is read as %s, with intents and actions', async (_, files) => {
    const { found } = await read(files)
    expect(found.map(({ turns }) => turns.map(({ source, speaker, ...turn }) => turn))).toEqual([
      [
        { role: 'customer', text: 'My card is gone', ts: 1706190001.5, predicted: 'lost_card', confidence: 0.97 },
        { role: 'agent', text: 'We block it', ts: 1706190002, action: 'utter_block' },
        { role: 'agent', text: '[Yes] [No]', ts: 1706190003, action: 'utter_block' },
      ],
      [{ role: 'customer', text: 'Hello', ts: 1706190005 }],
    ])
  })

  it('Botpress is read, of both generations', async () => {
    const cloud = [
      {
        id: 'b',
        conversationId: 'c',
        userId: 'bot',
        direction: 'outgoing',
        createdAt: '2024-01-25T14:46:00Z',
        type: 'choice',
        payload: { text: 'Block it?', options: [{ label: 'Yes', value: 'y' }] },
      },
      {
        id: 'a',
        conversationId: 'c',
        userId: 'u',
        direction: 'incoming',
        createdAt: at,
        type: 'text',
        payload: { text: 'My card is gone' },
      },
      {
        id: 'd',
        conversationId: 'c',
        userId: 'u',
        direction: 'incoming',
        createdAt: '2024-01-25T14:47:00Z',
        type: 'image',
        payload: { imageUrl: 'https://a.example/x/card.png?y=1' },
      },
    ]
    expect(
      (await read({ 'messages.json': JSON.stringify({ messages: cloud, meta: {} }) })).found[0]?.turns,
    ).toMatchObject([
      { role: 'customer', text: 'My card is gone' },
      { role: 'agent', text: 'Block it?\n[Yes]' },
      { role: 'customer', text: '', attachments: ['card.png'] },
    ])
    const old = [
      { id: 1, conversationId: 7, authorId: 'u', sentOn: at, payload: '{"type":"text","text":"Hi"}' },
      {
        id: 2,
        conversationId: 7,
        authorId: null,
        sentOn: '2024-01-25T14:46:00Z',
        payload: { type: 'text', text: 'Hello' },
      },
    ]
    expect(said(await read({ 'msg.jsonl': jsonl(old) }))).toEqual([['customer: Hi', 'agent: Hello']])
    expect(
      said(
        await read({
          'conv.jsonl': jsonl([
            { id: 'k', messages: [{ id: 1, authorId: 'u', sentOn: at, payload: { text: 'Hi' } }] },
            { id: 'l', messages: [] },
          ]),
        }),
      ),
    ).toEqual([['customer: Hi']])
  })
})
