import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { classifier } from '@colloquy/core'
import { expect, it } from 'vitest'
import tokens from '../bench/tokens.js'
import { colloquy, folder, jsonl } from './command.js'
import { trainerPython } from './environment.js'

const python = await trainerPython()
const MAKE = fileURLToPath(new URL('python/chinese_base.py', import.meta.url))

const ASKED: Record<string, string[]> = {
  card_arrival: ['我的卡什么时候到？', '银行卡寄出了吗', '卡片还没有收到', '我的新卡在哪里？', '请问卡几天能到'],
  change_pin: ['怎么修改密码？', '我想换一个新的密码', '请帮我改密码', '密码在哪里修改', '如何更改取款密码'],
  exchange_rate: ['今天的汇率是多少？', '美元汇率怎么算', '请问欧元的汇率', '你们用什么汇率', '汇率多久更新一次？'],
}

it.skipIf(!python)(
  'a multilingual base of the XLM-R family learns Chinese requests, and Node reads them as Python did',
  { timeout: 200_000 },
  async () => {
    const dir = folder()
    const rows = Object.entries(ASKED).flatMap(([intent, texts]) => texts.map((text) => ({ text, intent })))
    writeFileSync(join(dir, 'zh.jsonl'), jsonl(rows))
    execFileSync(python ?? '', [MAKE, join(dir, 'base')], { input: rows.map(({ text }) => text).join('\n') })
    const args = ['train', '--data', 'zh.jsonl', '--base', 'base', '--out', 'model', '--epochs', '20', '--lr', '0.01']
    const more = ['--python', python ?? '', '--', '--device', 'cpu', '--languages', 'zh']
    const trained = await colloquy([...args, ...more], dir)
    expect(trained.code, trained.stderr).toBe(0)

    const nlu = await classifier(join(dir, 'model'))
    const said = await Promise.all(rows.map(({ text }) => nlu.classify(text)))
    await nlu.close()
    // Random weights have seen no language: that most of the texts it was trained on are told apart is all to ask of it.
    expect(said.filter(({ intent }, i) => intent === rows[i]?.intent).length).toBeGreaterThan(rows.length / 2)

    const odd = ['Hello 你好 ｆｕｌｌ　ｗｉｄｔｈ', '①②③ ㈱ ﬁ', '😀 我的卡', '  两个  空格 ', '繁體字與简体字']
    writeFileSync(join(dir, 'odd.jsonl'), jsonl([...rows, ...odd.map((text) => ({ text }))]))
    const read = await tokens(['--tokenizer', join(dir, 'model/tokenizer.json'), join(dir, 'odd.jsonl')])
    expect(read).toMatchObject({ texts: 20, different: 0 })
  },
)
