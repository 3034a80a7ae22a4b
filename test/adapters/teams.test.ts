import { contract } from './contract/contract.js'
import { remote as agents } from './teams-agents.js'
import { remote as botbuilder } from './teams-botbuilder.js'

contract(botbuilder)
contract(agents)
