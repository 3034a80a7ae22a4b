import { contract } from './contract/contract.js'
import { remote as plain } from './web-http-remote.js'
import { remote as sockets } from './web-remote.js'

contract(sockets)
contract(plain)
