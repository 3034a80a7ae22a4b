import { whatsappCloud } from '@colloquy/adapters/whatsapp-cloud'
import { serve } from './serve.js'

// docs/whatsapp-cloud.md says where these are.
const { WHATSAPP_TOKEN, WHATSAPP_NUMBER_ID, WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN } = process.env
const { PORT = '3000', HOST = '127.0.0.1', WHATSAPP_TEMPLATE } = process.env

const channel = whatsappCloud({
  token: WHATSAPP_TOKEN ?? '',
  phoneNumberId: WHATSAPP_NUMBER_ID ?? '',
  appSecret: WHATSAPP_APP_SECRET ?? '',
  verifyToken: WHATSAPP_VERIFY_TOKEN ?? '',
  ...(WHATSAPP_TEMPLATE && { template: { name: WHATSAPP_TEMPLATE, language: 'en' } }),
  port: Number(PORT),
  host: HOST,
})

await serve(
  () => [channel],
  () => `Marram Bank takes WhatsApp's webhooks at ${channel.url}`,
)
