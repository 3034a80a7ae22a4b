import { contract } from './contract/contract.js'
import { remote, socketRemote } from './slack-remote.js'

contract(remote)
contract(socketRemote)
