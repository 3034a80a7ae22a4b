import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { box, bubbles, Chat, log } from './chat.js'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const photo = { name: 'photo.png', mimeType: 'image/png', buffer: PNG }
const note = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') }

const pick = (page: Page) => page.locator('input[type=file]')
const tray = (page: Page) => page.getByRole('list', { name: 'Files to send' }).getByRole('listitem')

/** Drags files in from outside, or pastes them. */
function bring(page: Page, on: string, event: 'drop' | 'paste' | 'dragover', ...files: (typeof photo)[]) {
  const given = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, text: buffer.toString('latin1') }))
  return page.locator(on).evaluate(
    (node, { event, given }) => {
      const data = new DataTransfer()
      for (const { name, mimeType, text } of given) {
        data.items.add(new File([Uint8Array.from(text, (c) => c.charCodeAt(0))], name, { type: mimeType }))
      }
      const common = { bubbles: true, cancelable: true }
      const made =
        event === 'paste'
          ? new ClipboardEvent(event, { ...common, clipboardData: data })
          : new DragEvent(event, { ...common, dataTransfer: data })
      return !node.dispatchEvent(made)
    },
    { event, given },
  )
}

describeInBrowser('files', () => {
  const chat = new Chat({ origins: ['*'] })

  it('are chosen, told beforehand what is taken, sent with a text, and shown to all pages of the conversation', async () => {
    const page = await chat.open()
    const clip = page.getByRole('button', { name: 'Attach files: 5 at most, up to 10 MB each' })
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), clip.click()])
    expect(chooser.isMultiple()).toBe(true)
    expect(await pick(page).getAttribute('accept')).toContain('image/png')
    await chooser.setFiles([photo, note])
    await expect.poll(() => tray(page).allInnerTexts()).toEqual(['photo.png', 'note.txt'])
    await page.getByRole('progressbar').first().waitFor({ state: 'detached' })
    await box(page).fill('Here they are')
    await box(page).press('Enter')
    await page.getByText('Got photo.png,note.txt').waitFor()
    expect(chat.host.received).toMatchObject([
      { text: 'Here they are', attachments: [{ name: 'photo.png', type: 'image/png' }, { name: 'note.txt' }] },
    ])
    expect(await tray(page).count()).toBe(0)
    const shown = log(page).getByRole('img', { name: 'photo.png' })
    await expect.poll(() => shown.evaluate((node: HTMLImageElement) => node.naturalWidth)).toBe(1)
    await page.reload()
    await page.getByText('Got photo.png,note.txt').waitFor()
    await expect.poll(() => shown.evaluate((node: HTMLImageElement) => node.naturalWidth)).toBe(1)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      log(page).getByRole('link', { name: 'note.txt' }).click(),
    ])
    expect((await readFile(await download.path())).toString()).toBe('hello')
    expect(chat.complaints).toEqual([])
  })

  it('are pasted, dropped anywhere on the chat, and taken out again; alone they are a message too', async () => {
    const page = await chat.open(await chat.site('<colloquy-chat></colloquy-chat>'))
    await bring(page, 'textarea', 'paste', photo)
    await expect.poll(() => tray(page).allInnerTexts()).toEqual(['photo.png'])
    expect(await bring(page, '.panel', 'dragover', note)).toBe(true)
    expect(await page.locator('.panel').getAttribute('data-drop')).toBe('Drop files here')
    expect(await bring(page, '.panel', 'drop', note)).toBe(true)
    expect(await page.locator('.panel').getAttribute('data-drop')).toBe(null)
    await expect.poll(() => tray(page).allInnerTexts()).toEqual(['photo.png', 'note.txt'])
    await page.getByRole('button', { name: 'Remove photo.png' }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Got note.txt').waitFor()
    expect(chat.host.received).toMatchObject([{ text: '', attachments: [{ name: 'note.txt' }] }])
    expect(chat.complaints).toEqual([])
  })

  it('show how far they are, and are not sent before they are there', async () => {
    const page = await chat.open()
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    await page.route('**/uploads?**', async (route) => {
      await gate
      await route.continue()
    })
    await pick(page).setInputFiles(note)
    await page.getByRole('progressbar', { name: 'note.txt' }).waitFor()
    await box(page).fill('hello')
    await box(page).press('Enter')
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
    go()
    await page.getByRole('progressbar', { name: 'note.txt' }).waitFor({ state: 'detached' })
    await box(page).press('Enter')
    await page.getByText('Got note.txt').waitFor()
    expect(chat.host.received).toHaveLength(1)
  })

  it('that cannot be sent are said to be, without asking the server, and those that the server turns down too', async () => {
    const { folder } = chat
    await (await chat.stop())({ uploads: { folder, limit: 1000, types: ['image/*', 'text/plain'] } })
    const page = await chat.open()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.method()))
    const said = (text: string) => page.getByRole('status').getByText(text).waitFor()
    await pick(page).setInputFiles({ ...note, buffer: Buffer.alloc(1001) })
    await said('note.txt is larger than 1 kB.')
    await pick(page).setInputFiles({ ...note, name: 'a.exe', mimeType: 'application/x-msdownload' })
    await said('a.exe is of a kind that cannot be sent here.')
    expect(asked).not.toContain('POST')
    await pick(page).setInputFiles(
      Array.from({ length: 6 }, (_, i) => ({ ...photo, name: `<img src=x onerror=alert(${i})>.png` })),
    )
    await said('5 files at most.')
    expect(await tray(page).count()).toBe(5)
    for (let left = 5; left > 0; left--)
      await page
        .getByRole('button', { name: /^Remove/ })
        .first()
        .press('Enter')
    await page.route('**/uploads?**', (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }))
    await pick(page).setInputFiles(note)
    await said('note.txt could not be uploaded.')
    expect(await tray(page).count()).toBe(0)
  })

  it('are not offered where none are taken', async () => {
    await (await chat.stop())({ uploads: false })
    const page = await chat.open()
    expect(await page.getByRole('button', { name: /^Attach/ }).count()).toBe(0)
    await bring(page, 'textarea', 'paste', photo)
    expect(await tray(page).count()).toBe(0)
    expect(await bubbles(page)).toEqual(['Hello!'])
  })
})
