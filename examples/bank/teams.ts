import { teams } from '@colloquy/adapters/teams'
import { GREETING } from './bot.js'
import { serve } from './serve.js'

const { PORT = '3978', HOST = '127.0.0.1', TEAMS_APP_ID, TEAMS_PASSWORD, TEAMS_TENANT } = process.env
const channel = teams({
  port: Number(PORT),
  host: HOST,
  appId: TEAMS_APP_ID,
  password: TEAMS_PASSWORD,
  tenant: TEAMS_TENANT,
  greeting: GREETING,
})

await serve(
  () => [channel],
  () => `Marram Bank answers Teams at ${channel.url}`,
)
