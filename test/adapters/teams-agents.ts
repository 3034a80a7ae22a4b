import { teamsRemote } from './teams-remote.js'

export const remote = teamsRemote('agents-hosting', import.meta.url)
