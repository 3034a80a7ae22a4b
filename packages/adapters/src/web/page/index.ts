import { ColloquyChat } from './element.js'

if (!customElements.get('colloquy-chat')) customElements.define('colloquy-chat', ColloquyChat)
