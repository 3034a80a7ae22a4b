import { contract } from './contract/contract.js'
import { remote as overHttp } from './slack-remote.js'
import { remote as bySocket } from './slack-socket-remote.js'

contract(overHttp)
contract(bySocket)
