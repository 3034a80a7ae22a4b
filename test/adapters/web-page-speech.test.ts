import { expect, it } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { box, Chat, log, say } from './chat.js'

/**
 * A recogniser and a voice where a browser without a screen has none that answers: what the page does with them is tested,
 * not what they make of sound.
 */
function pretend(): void {
  class Recognizer extends EventTarget {
    lang = ''
    start() {
      Object.assign(window, { recognizer: this })
    }
    stop() {
      this.dispatchEvent(new Event('end'))
    }
    hear(...texts: string[]) {
      const results = texts.map((transcript) => [{ transcript }])
      this.dispatchEvent(Object.assign(new Event('result'), { results }))
    }
  }
  const spoken: string[] = []
  const voices: object[] = []
  Object.assign(window, { SpeechRecognition: Recognizer, spoken, voices })
  speechSynthesis.getVoices = () => voices as SpeechSynthesisVoice[]
  speechSynthesis.speak = ({ text, lang }) => void spoken.push(`${lang}: ${text}`)
  speechSynthesis.cancel = () => void spoken.push('hush')
}

describeInBrowser('speech', () => {
  const chat = new Chat()

  it('is written into the box as it is heard, to be sent by hand', async () => {
    await chat.context.addInitScript(pretend)
    const page = await chat.open()
    const recognizer = (does: string, ...texts: string[]) =>
      page.evaluate(
        ([does, texts]) => {
          const { recognizer } = window as unknown as { recognizer: Record<string, (...texts: string[]) => void> }
          recognizer[does]?.(...texts)
        },
        [does, texts] as const,
      )
    await box(page).fill('Please')
    await page.getByRole('button', { name: 'Speak your message' }).click()
    await page.getByRole('status').getByText('Listening…').waitFor()
    await recognizer('hear', 'freeze')
    expect(await box(page).inputValue()).toBe('Please freeze')
    await recognizer('hear', 'freeze my', ' card')
    await page.getByRole('button', { name: 'Speak your message', pressed: true }).click()
    await page.getByRole('button', { name: 'Speak your message', pressed: false }).waitFor()
    expect(chat.host.received).toEqual([])
    await box(page).press('Enter')
    await page.getByText('You said: Please freeze my card').waitFor()
    await page.getByRole('button', { name: 'Speak your message' }).click()
    await recognizer('hear', 'one')
    await box(page).press('Enter')
    await recognizer('hear', 'one too late')
    expect(await box(page).inputValue()).toBe('')
    await page.getByRole('button', { name: 'Speak your message' }).click()
    await page.evaluate(() => {
      const { recognizer } = window as unknown as { recognizer: EventTarget }
      recognizer.dispatchEvent(Object.assign(new Event('error'), { error: 'not-allowed' }))
      recognizer.dispatchEvent(new Event('end'))
    })
    await page.getByRole('status').getByText('The microphone cannot be used here.').waitFor()
  })

  it('reads answers aloud once asked to, where there is a voice', async () => {
    await chat.context.addInitScript(pretend)
    const page = await chat.open()
    const aloud = page.getByRole('button', { name: 'Read answers aloud' })
    expect(await aloud.count()).toBe(0)
    await page.evaluate(() => {
      ;(window as unknown as { voices: object[] }).voices.push({})
      speechSynthesis.dispatchEvent(new Event('voiceschanged'))
    })
    const spoken = () => page.evaluate(() => (window as unknown as { spoken: string[] }).spoken)
    await say(page, 'quietly')
    await page.getByText('You said: quietly').waitFor()
    await aloud.click()
    await say(page, 'my card is lost')
    await expect.poll(spoken).toEqual(['en: Which card is it?'])
    await aloud.click()
    await say(page, 'quietly again')
    await page.getByText('You said: quietly again').waitFor()
    expect(await spoken()).toEqual(['en: Which card is it?', 'hush'])
  })

  it('is not offered where the browser has none, or the page wants none', async () => {
    await chat.context.addInitScript(() => {
      for (const name of ['SpeechRecognition', 'webkitSpeechRecognition', 'speechSynthesis'])
        Reflect.deleteProperty(window, name)
    })
    const page = await chat.open()
    const offered = () => page.getByRole('button', { name: /Speak|aloud/ }).count()
    expect(await offered()).toBe(0)
    await say(page, 'hello')
    await log(page).getByText('You said: hello').waitFor()
    const other = await chat.browser.newContext()
    const quiet = await chat.open(chat.channel.url, other)
    expect(await quiet.getByRole('button', { name: 'Speak your message' }).count()).toBe(1)
    await quiet.evaluate(() => document.querySelector('colloquy-chat')?.setAttribute('speech', 'off'))
    expect(await quiet.getByRole('button', { name: 'Speak your message' }).count()).toBe(0)
    await other.close()
    expect(chat.complaints).toEqual([])
  })
})
