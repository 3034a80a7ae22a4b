import { slack } from '@colloquy/adapters/slack'
import { teams } from '@colloquy/adapters/teams'
import { web } from '@colloquy/adapters/web'
import { whatsapp } from '@colloquy/adapters/whatsapp'
import { whatsappCloud } from '@colloquy/adapters/whatsapp-cloud'
import { GREETING } from './bot.js'
import { serve } from './serve.js'

// The page is always there; of the others, those for which the environment has what they need.
const { PORT = '3000', SLACK_BOT_TOKEN, TEAMS_APP_ID: appId, WHATSAPP_TOKEN: token, WHATSAPP_LINKED } = process.env
const { TEAMS_PASSWORD: password, TEAMS_TENANT: tenant, CHROME: executablePath } = process.env
const { WHATSAPP_NUMBER_ID = '', WHATSAPP_APP_SECRET = '', WHATSAPP_VERIFY_TOKEN = '' } = process.env

const page = web({ port: Number(PORT), title: 'Marram Bank', greeting: GREETING })
const cloud = { phoneNumberId: WHATSAPP_NUMBER_ID, appSecret: WHATSAPP_APP_SECRET, verifyToken: WHATSAPP_VERIFY_TOKEN }

await serve(
  () => [
    page,
    ...(SLACK_BOT_TOKEN ? [slack({ greeting: GREETING, port: Number(PORT) + 1 })] : []),
    ...(appId ? [teams({ appId, password, tenant, greeting: GREETING, port: Number(PORT) + 2 })] : []),
    ...(token ? [whatsappCloud({ ...cloud, token, port: Number(PORT) + 3 })] : []),
    ...(WHATSAPP_LINKED ? [whatsapp(executablePath ? { executablePath } : {})] : []),
  ],
  () => `Marram Bank answers at ${page.url}, and wherever else it was told to`,
)
