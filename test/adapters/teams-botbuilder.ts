import { teamsRemote } from './teams-remote.js'

export const remote = teamsRemote('botbuilder', import.meta.url)
