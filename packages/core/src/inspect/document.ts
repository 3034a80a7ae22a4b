import type { Conversation, Frame, Result } from '../conversation.js'
import type { Dialog } from '../dialog/dialog.js'
import { formsOf, maskJson, type Secrets } from '../log/mask.js'
import type { Stored } from '../store/store.js'
import type { DocumentView, FrameView } from './view.js'

type Dialogs = ReadonlyMap<string, Dialog>

/** A conversation document for the page. What people and the bot said is left to the log, where it is masked. */
export function documentView({ document, version, settled }: Stored, dialogs: Dialogs): DocumentView {
  const secrets = secretsOf(document, dialogs)
  const view: DocumentView = {
    version,
    locale: document.locale,
    misses: document.misses,
    unsent: settled ? 0 : document.outbox.length,
    ...(document.handoff && { handoff: document.handoff.reason }),
    timers: timers(document),
    frames: document.frames.map((frame) => frameView(frame, dialogs.get(frame.dialog), secrets)).reverse(),
  }
  return maskJson(view, secrets) as DocumentView
}

function secretsOf({ frames }: Conversation, dialogs: Dialogs): Secrets {
  const secrets = new Map<string, string>()
  for (const frame of frames)
    for (const [name, slot] of Object.entries(dialogs.get(frame.dialog)?.slots ?? {}))
      if (slot.pii && name in frame.slots)
        for (const form of formsOf(slot, frame.slots[name] ?? null)) secrets.set(form, name)
  return secrets
}

function frameView(frame: Frame, dialog: Dialog | undefined, secrets: Secrets): FrameView {
  const { dialog: name, intent, slots, results, pending } = frame
  const declared = dialog?.slots ?? {}
  // A slot that the dialog no longer declares may have been a personal one.
  const slotView = (one: string): { value?: string; personal: boolean } => {
    const slot = declared[one]
    const value = slots[one]
    if (value === undefined) return { personal: slot?.pii === true }
    if (!slot || slot.pii) return { value: `[${one}]`, personal: true }
    return { value: value === null ? 'skipped' : slot.show(value), personal: false }
  }
  return {
    dialog: name,
    title: dialog?.title(intent) ?? name,
    ...(intent !== undefined && { intent }),
    slots: [...new Set([...Object.keys(declared), ...Object.keys(slots)])].map((one) => ({
      name: one,
      ...slotView(one),
    })),
    results: Object.entries(results).map(([one, result]) => ({ name: one, ...resultView(result, secrets) })),
    ...(pending && {
      pending: {
        name: pending.name,
        question: pending.question,
        choices: (pending.choices ?? []).map(({ label }) => label),
        misses: pending.misses,
      },
    }),
  }
}

function resultView({ output, error, closed }: Result, secrets: Secrets): Omit<FrameView['results'][number], 'name'> {
  if (error !== undefined) return { kind: 'error', value: error }
  // Masked before quotes in it are escaped.
  const value = output === undefined ? 'nothing' : JSON.stringify(maskJson(output, secrets))
  return { kind: closed ? 'commit' : 'result', value }
}

function timers({ frames, handoff, scheduled }: Conversation): DocumentView['timers'] {
  const all = [
    ...frames.flatMap(({ dialog, remindAt, expireAt }) => [
      { what: `Reminder in ${dialog}`, at: remindAt },
      { what: `End of ${dialog}`, at: expireAt },
    ]),
    ...scheduled.map(({ at }) => ({ what: 'Scheduled message', at })),
    { what: 'Back to the bot', at: handoff?.until },
  ]
  return all.flatMap(({ what, at }) => (at === undefined ? [] : [{ what, at }])).sort((a, b) => a.at - b.at)
}
