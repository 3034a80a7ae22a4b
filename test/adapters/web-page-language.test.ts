import { expect, it } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { Chat, log, say } from './chat.js'

describeInBrowser('the language of the chat', () => {
  const chat = new Chat({ origins: ['*'] })

  it('is its own, else that of the page, else the first of the browser that there are words for', async () => {
    const chinese = await chat.browser.newContext({ locale: 'zh-CN' })
    const page = await chat.visit(await chat.site('<colloquy-chat></colloquy-chat>', '<html>'), chinese)
    await page.getByText('在线').waitFor()
    await page.getByRole('textbox', { name: '您的消息' }).fill('你好')
    await page.keyboard.press('Enter')
    await page.getByText('You said: 你好').waitFor()
    expect(chat.host.received).toMatchObject([{ text: '你好', locale: 'zh-CN' }])
    const english = await chat.visit(await chat.site('<colloquy-chat></colloquy-chat>', '<html lang="en-GB">'), chinese)
    await english.getByText('Online').waitFor()
    const own = await chat.visit(await chat.site('<colloquy-chat lang="zh-Hant"></colloquy-chat>'))
    await own.getByText('在线').waitFor()
    await own.evaluate(() => document.querySelector('colloquy-chat')?.setAttribute('lang', 'not a tag'))
    await own.getByText('Online').waitFor()
    await chinese.close()
    expect(chat.complaints).toEqual([])
  })

  it('speaks any other that the page brings words for', async () => {
    const page = await chat.visit(await chat.site('<colloquy-chat lang="de"></colloquy-chat>'))
    await page.evaluate(() => {
      const words = { placeholder: 'Schreiben Sie uns …', states: { connecting: '…', online: 'Da', offline: 'Weg' } }
      Object.assign(document.querySelector('colloquy-chat') ?? {}, { words })
    })
    await page.getByText('Da', { exact: true }).waitFor()
    await page.getByPlaceholder('Schreiben Sie uns …').fill('hallo')
    await page.keyboard.press('Enter')
    await page.getByText('You said: hallo').waitFor()
    expect(chat.host.received).toMatchObject([{ locale: 'de' }])
    expect(await page.locator('.chat').getAttribute('lang')).toBe('de')
  })

  it('is written from right to left where it runs so, each paragraph by its own letters', async () => {
    const page = await chat.open(
      await chat.site('<colloquy-chat mode="launcher" open></colloquy-chat>', '<html lang="ar" dir="rtl">'),
    )
    await say(page, 'مرحبا')
    await page.getByText('You said: مرحبا').waitFor()
    await chat.tell('أهلا وسهلا')
    await page.getByText('أهلا وسهلا').waitFor()
    const left = async (text: string) => (await page.getByText(text, { exact: true }).last().boundingBox())?.x ?? 0
    // The customer is on the left, the bot on the right, and so is the launcher on the left.
    expect(await left('مرحبا')).toBeLessThan(await left('أهلا وسهلا'))
    expect((await page.locator('.launcher').boundingBox())?.x).toBeLessThan(100)
    const direction = (text: string) =>
      page
        .getByText(text, { exact: true })
        .last()
        .evaluate((node) => getComputedStyle(node).direction)
    expect(await direction('أهلا وسهلا')).toBe('rtl')
    expect(await direction('You said: مرحبا')).toBe('ltr')
    expect(await log(page).evaluate((node) => getComputedStyle(node).direction)).toBe('rtl')
  })

  it('follows an element of another direction than its page', async () => {
    const page = await chat.visit(
      await chat.site('<colloquy-chat lang="he"></colloquy-chat><colloquy-chat dir="rtl" lang="en"></colloquy-chat>'),
    )
    await page.getByText('Online').nth(1).waitFor()
    const directions = () =>
      page.locator('.chat').evaluateAll((nodes) => nodes.map((node) => getComputedStyle(node).direction))
    expect(await directions()).toEqual(['rtl', 'rtl'])
    await page.evaluate(() => {
      for (const node of document.querySelectorAll('colloquy-chat')) {
        node.setAttribute('lang', 'fr')
        node.removeAttribute('dir')
      }
    })
    expect(await directions()).toEqual(['ltr', 'ltr'])
  })
})
