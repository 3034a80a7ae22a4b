import { whatsapp } from '@colloquy/adapters/whatsapp'
import { serve } from './serve.js'

// CHROME is the path of Chrome or Chromium, where puppeteer has downloaded none: docs/whatsapp.md, also on WhatsApp's terms.
const { CHROME } = process.env

await serve(
  () => [whatsapp({ ...(CHROME && { executablePath: CHROME }) })],
  () => 'Marram Bank answers on WhatsApp, once its number is linked',
)
