import { copy } from './copy.js'
import { Gaps } from './gap.js'
import type { Message, Reader } from './message.js'
import { Problems } from './problems.js'
import { Speaker } from './roles.js'

/** How many people are told apart; more customers than that stay nameless. */
const PEOPLE = 200_000
/** How many conversations are followed at a time. */
const OPEN = 20_000
/** What tells one visit from the next before the gap is known, seconds. */
const VISIT = 4 * 3600

interface Visit {
  first: number
  last: number
  opener: string
  joined: string[]
}

/** The first reading of an export: who speaks and how, and how long they pause. */
export class Survey {
  readonly speakers = new Map<string, Speaker>()
  readonly gaps = new Gaps()
  conversations = 0
  /** What has been heard of lately, and before: the older half is forgotten at a time. */
  private visits = new Map<string, Visit>()
  private older = new Map<string, Visit>()
  /** Who speaks in each chat, where the reader wants to know. */
  private readonly chats = new Map<string, Set<string>>()
  private other: Reader['other']
  private lastKey = ''
  private lastVisit: Visit | undefined

  /** Follows the messages, and then asks the reader who the customers are. */
  async read(reader: Reader, skip: boolean): Promise<void> {
    for (const person of reader.people) this.speakers.set(person.key, new Speaker(person))
    this.other = reader.other
    const problems = new Problems(skip)
    for await (const messages of reader.sample?.(problems) ?? reader.messages(problems)) {
      for (const message of messages) this.add(message)
    }
    for (const [chat, keys] of this.chats) {
      const other = reader.other?.([...keys], chat)
      for (const key of other === undefined ? [] : keys) {
        const speaker = this.speakers.get(key)
        if (speaker) speaker.role = key === other ? 'customer' : 'agent'
      }
    }
  }

  private add(message: Message): void {
    const { speaker: key, chat, thread, ts } = message
    if (key === '') return
    const speaker = this.speakerOf(message)
    if (speaker) {
      speaker.messages++
      if (message.role === 'agent') speaker.asAgent++
    }
    if (message.role === 'system') return
    const visitKey = thread === '' ? chat : `${chat}\n${thread}`
    let visit = visitKey === this.lastKey ? this.lastVisit : (this.visits.get(visitKey) ?? this.older.get(visitKey))
    const endless = thread === '' && !message.whole
    const pause = visit && ts !== undefined ? Math.abs(ts - visit.last) : 0
    if (endless && visit) this.gaps.add(pause)
    if (!visit || message.starts || (endless && pause > VISIT)) {
      this.conversations++
      visit = { first: ts ?? 0, last: ts ?? 0, opener: key, joined: [] }
      this.visits.set(visitKey, visit)
      if (this.visits.size > OPEN) [this.visits, this.older] = [new Map(), this.visits]
      if (speaker) speaker.opened++
    } else if (key !== visit.opener && !visit.joined.includes(key)) {
      if (visit.joined.length < 32) visit.joined.push(key)
      if (speaker) speaker.joined++
    }
    if (ts !== undefined) {
      if (ts < visit.first) this.openedBy(key, visit, ts)
      visit.last = ts
    }
    this.lastKey = visitKey
    this.lastVisit = visit
  }

  /** In an export that gives the newest first, who began is who is heard last. */
  private openedBy(key: string, visit: Visit, ts: number): void {
    visit.first = ts
    if (key === visit.opener) return
    const [before, now] = [this.speakers.get(visit.opener), this.speakers.get(key)]
    if (before) Object.assign(before, { opened: before.opened - 1, joined: before.joined + 1 })
    if (now) Object.assign(now, { opened: now.opened + 1, joined: now.joined - 1 })
    visit.joined = [...visit.joined.filter((one) => one !== key), visit.opener]
    visit.opener = key
  }

  private speakerOf({ speaker: key, name, chat }: Message): Speaker | undefined {
    let speaker = this.speakers.get(key)
    if (!speaker && this.speakers.size < PEOPLE) {
      const own = copy(key)
      speaker = new Speaker({ key: own, names: [name === undefined ? own : copy(name)], bot: false })
      this.speakers.set(own, speaker)
    }
    // Not every message of theirs tells a name.
    if (speaker && name !== undefined && speaker.name === key) speaker.person.names = [copy(name)]
    if (this.other && speaker) {
      const members = this.chats.get(chat)
      if (members) members.add(speaker.person.key)
      else this.chats.set(chat, new Set([speaker.person.key]))
    }
    return speaker
  }
}
