import { z } from 'zod'
import { parseObject } from '../http/body.js'

/** A string that may be left out, or be null: some clients write one, some the other. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const list = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((value) => value ?? [])
const account = z.object({ id: z.string().min(1).max(300), name: text, aadObjectId: text, role: text })
const named = z.object({ id: text, name: text })
/** An object, or its JSON text: clients differ in what they make of a card's data. */
const data = z.preprocess(
  (value) => (typeof value === 'string' ? parseObject(value) : value),
  z.record(z.string(), z.unknown()).catch({}),
)

/** What Teams delivers, as far as the adapter reads it. */
export const activity = z.object({
  ...{ type: z.string().min(1), serviceUrl: z.url({ protocol: /^https?$/ }) },
  ...{ from: account, recipient: account },
  ...{ id: text, name: text, text, action: text, locale: text, replyToId: text, channelId: text, deliveryMode: text },
  conversation: z.object({ id: z.string().min(1).max(400), conversationType: text, tenantId: text }),
  channelData: z.object({ tenant: named.nullish() }).nullish(),
  value: data,
  entities: list(z.object({ type: text, text, mentioned: named.nullish() })),
  attachments: list(z.object({ contentType: text, contentUrl: text, name: text, content: z.unknown().optional() })),
  membersAdded: list(named),
  reactionsAdded: list(z.object({ type: text })),
})

export type Activity = z.infer<typeof activity>
