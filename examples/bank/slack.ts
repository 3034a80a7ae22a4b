import { slack } from '@colloquy/adapters/slack'
import { GREETING } from './bot.js'
import { serve } from './serve.js'

// SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET (HTTP): docs/slack.md says where they are.
const { PORT = '3000', HOST = '127.0.0.1' } = process.env

await serve(
  () => [slack({ greeting: GREETING, port: Number(PORT), host: HOST })],
  () => 'Marram Bank answers in Slack: write to it, or mention it in a channel',
)
