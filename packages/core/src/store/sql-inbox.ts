import type { Kysely } from 'kysely'
import type { IncomingMessage } from '../message.js'
import { keyOf } from './key.js'
import type { Flavour, Tables } from './sql-tables.js'

/** Puts a message at the end of its conversation's line, unless it stands there already. */
export async function append(
  db: Kysely<Tables>,
  flavour: Flavour,
  inbox: 'inbox',
  message: IncomingMessage,
  due: number,
): Promise<void> {
  const [conversation, id] = [keyOf(message.conversation), keyOf(message.id)]
  const line = db.selectFrom(inbox).where('conversation', '=', conversation)
  const last = line.select(({ fn, eb, val }) => [
    eb(fn.coalesce(fn.max('seq'), eb.lit(0)), '+', 1).as('seq'),
    val(conversation).as('conversation'),
    val(keyOf(message.person)).as('person'),
    val(id).as('id'),
    val(JSON.stringify(message)).as('message'),
    val(due).as('due'),
  ])
  const columns = ['seq', 'conversation', 'person', 'id', 'message', 'due'] as const
  const insert = flavour.once(db.insertInto(inbox).columns(columns).expression(last))
  // Of two who want the same place one waits, and tries again: what can be seen is never overtaken by what could not be
  // seen yet.
  for (;;) {
    const { numInsertedOrUpdatedRows } = await insert.executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows || (await line.select('seq').where('id', '=', id).executeTakeFirst())) return
  }
}

/** Conversations whose messages are due, each found by one look into the index, however many there are. */
export async function waitingByName(db: Kysely<Tables>, inbox: 'inbox', now: number, limit: number): Promise<string[]> {
  const found: string[] = []
  while (found.length < limit) {
    const later = db
      .selectFrom(inbox)
      .where('conversation', '>', found.at(-1) ?? '')
      .where('due', '<=', now)
    const row = await later.select('conversation').orderBy('conversation').limit(1).executeTakeFirst()
    if (!row) break
    found.push(row.conversation)
  }
  return found
}
