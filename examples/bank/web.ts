import { web } from '@colloquy/adapters/web'
import { GREETING } from './bot.js'
import { serve } from './serve.js'

const page = web({ port: Number(process.env.PORT ?? 3000), title: 'Marram Bank', greeting: GREETING })

await serve(
  () => [page],
  () => `Marram Bank answers at ${page.url}`,
)
