/** What the browsers' speech recognition has in common; the standard library does not describe it. */
interface Recognition extends EventTarget {
  lang: string
  interimResults: boolean
  start(): void
  stop(): void
}

interface Heard extends Event {
  results: Iterable<Iterable<{ transcript: string }>>
}

type Makes = { new (): Recognition }
const { SpeechRecognition, webkitSpeechRecognition } = globalThis as Record<string, unknown>
const Recognizer = (SpeechRecognition ?? webkitSpeechRecognition) as Makes | undefined

/** Whether this browser turns speech into text. */
export const canListen = Recognizer !== undefined

/**
 * Listens until the speaker pauses or `stop` is called. `heard` gets the whole text so far, again and again;
 * `ended` gets whether it failed, such as for want of a microphone.
 */
export function listen(locale: string, heard: (text: string) => void, ended: (failed: boolean) => void): () => void {
  if (!Recognizer) return () => {}
  const recognition = new Recognizer()
  let failed = false
  recognition.lang = locale
  recognition.interimResults = true
  recognition.addEventListener('result', (event) => {
    heard(Array.from((event as Heard).results, ([best]) => best?.transcript ?? '').join(''))
  })
  recognition.addEventListener('error', (event) => {
    failed = !/^(?:aborted|no-speech)$/.test((event as Event & { error?: string }).error ?? '')
  })
  recognition.addEventListener('end', () => ended(failed))
  recognition.start()
  return () => recognition.stop()
}

/** Calls `yes` once this browser has a voice; some load theirs late, and many on servers have none. */
export function whenItSpeaks(yes: () => void): void {
  if (!('speechSynthesis' in globalThis)) return
  const check = () => speechSynthesis.getVoices().length > 0 && yes()
  if (!check()) speechSynthesis.addEventListener?.('voiceschanged', check)
}

export function speak(text: string, locale: string): void {
  const utterance = new SpeechSynthesisUtterance(text)
  utterance.lang = locale
  speechSynthesis.speak(utterance)
}

export function hush(): void {
  speechSynthesis.cancel()
}
