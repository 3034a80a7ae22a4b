export { en as english } from '@colloquy/core/text/en'
