import { contract } from './contract/contract.js'
import { remote } from './whatsapp-cloud-remote.js'

contract(remote)
