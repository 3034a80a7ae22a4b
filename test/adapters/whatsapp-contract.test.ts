import { describeInBrowser } from '../browser.js'
import { contract } from './contract/contract.js'
import { remote } from './whatsapp-remote.js'

describeInBrowser('with whatsapp-web.js', () => contract(remote))
