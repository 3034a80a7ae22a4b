import base from './base.css'
import composer from './composer.css'
import extras from './extras.css'
import header from './header.css'
import launcher from './launcher.css'
import log from './log.css'
import media from './media.css'
import parts from './parts.css'

export const css = base + header + log + parts + extras + composer + launcher + media
