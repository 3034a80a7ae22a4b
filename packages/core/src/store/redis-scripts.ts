import { createHash } from 'node:crypto'

/**
 * Redis runs a script without interruption: each of these is one transaction. All take the prefix of the keys first.
 *
 * | key | holds |
 * |---|---|
 * | `conversation:C` | hash: version, document, person, settled, due, at |
 * | `inbox:C`, `dues:C`, `messages:C` | waiting messages: ids by sequence number and by when due, and what they say |
 * | `log:C`, `events` | events: sequence numbers of one conversation, and what they say |
 * | `log`, `at` | all events, by sequence number and by time |
 * | `people:C`, `person:P` | who has a part in a conversation, and the other way round: what `forget` follows |
 * | `due`, `idle` | conversations by when they or a waiting message of theirs are due, and by age where never |
 * | `profiles`, `seq`, `format` | profiles, the last sequence number, the version of this layout |
 *
 * A value of `messages` starts with its person's line, one of `events` with its conversation's and its person's: keys
 * hold no line ends. The keys follow from the arguments, so this needs one Redis, not a Redis Cluster.
 */
const COMMON = `
local p = ARGV[1]
local call = redis.call

local function belongs(conversation, person)
  call('SADD', p .. 'person:' .. person, conversation)
  call('SADD', p .. 'people:' .. conversation, person)
end

local function index(c)
  local row = call('HMGET', p .. 'conversation:' .. c, 'due', 'at')
  local first = call('ZRANGE', p .. 'dues:' .. c, 0, 0, 'WITHSCORES')
  local due = row[1] and tonumber(row[1])
  if first[2] then due = math.min(due or math.huge, tonumber(first[2])) end
  if due then call('ZADD', p .. 'due', due, c) else call('ZREM', p .. 'due', c) end
  if row[2] and not due then call('ZADD', p .. 'idle', row[2], c) else call('ZREM', p .. 'idle', c) end
  if row[2] or first[2] or call('EXISTS', p .. 'log:' .. c) == 1 then return end
  for _, person in ipairs(call('SMEMBERS', p .. 'people:' .. c)) do call('SREM', p .. 'person:' .. person, c) end
  call('DEL', p .. 'people:' .. c)
end

local function take(c, id)
  call('HDEL', p .. 'messages:' .. c, id)
  call('ZREM', p .. 'inbox:' .. c, id)
  call('ZREM', p .. 'dues:' .. c, id)
end

local function drop(c, seq)
  call('HDEL', p .. 'events', seq)
  call('ZREM', p .. 'log:' .. c, seq)
  call('ZREM', p .. 'log', seq)
  call('ZREM', p .. 'at', seq)
end

local function messages(c, person)
  local found = {}
  for _, id in ipairs(call('ZRANGE', p .. 'inbox:' .. c, 0, -1)) do
    local message = call('HGET', p .. 'messages:' .. c, id)
    if string.match(message, '^[^\\n]*') == person then found[#found + 1] = { id, message } end
  end
  return found
end

local function events(c, person)
  local found = {}
  for _, seq in ipairs(call('ZRANGE', p .. 'log:' .. c, 0, -1)) do
    local event = call('HGET', p .. 'events', seq)
    if string.match(event, '^[^\\n]*\\n([^\\n]*)') == person then found[#found + 1] = { seq, event } end
  end
  return found
end
`

/** Arguments: the version of the layout that the program knows. Returns the one found. Migrations belong here. */
const open = `
local found = tonumber(call('GET', p .. 'format') or '0')
if found == 0 then call('SET', p .. 'format', ARGV[2]) end
return found`

/** Arguments: as destructured, then `conversation, person, at, JSON` for each event. Returns 1 where it was saved. */
const save = `
local c, expected, person, document, settled, due, at, handled, whose, profile = unpack(ARGV, 2, 11)
local row = p .. 'conversation:' .. c
if (call('HGET', row, 'version') or '0') ~= expected then return 0 end
call('HSET', row, 'version', expected + 1, 'person', person, 'document', document, 'settled', settled, 'due', due, 'at', at)
belongs(c, person)
for i = 12, #ARGV, 4 do
  local conversation, who, time, event = unpack(ARGV, i, i + 3)
  local seq = call('INCR', p .. 'seq')
  call('HSET', p .. 'events', seq, conversation .. '\\n' .. who .. '\\n' .. event)
  call('ZADD', p .. 'log:' .. conversation, seq, seq)
  call('ZADD', p .. 'log', seq, seq)
  call('ZADD', p .. 'at', time, seq)
  belongs(conversation, who)
end
if handled ~= '' then take(c, handled) end
if whose ~= '' then call('HSET', p .. 'profiles', whose, profile) end
index(c)
return 1`

/** Arguments: conversation, version, due. */
const settle = `
local c, version, due = unpack(ARGV, 2, 4)
local row = p .. 'conversation:' .. c
if call('HGET', row, 'version') ~= version then return end
call('HSET', row, 'settled', '1', 'due', due)
index(c)`

/** Arguments: conversation, person, id, JSON, due. */
const append = `
local c, person, id, message, due = unpack(ARGV, 2, 6)
if call('HSETNX', p .. 'messages:' .. c, id, person .. '\\n' .. message) == 0 then return end
call('ZADD', p .. 'inbox:' .. c, call('INCR', p .. 'seq'), id)
call('ZADD', p .. 'dues:' .. c, due, id)
belongs(c, person)
index(c)`

/** Arguments: conversation, limit. Returns values of `messages`. */
const waiting = `
local c, found = ARGV[2], {}
for i, id in ipairs(call('ZRANGE', p .. 'inbox:' .. c, 0, ARGV[3] - 1)) do
  found[i] = call('HGET', p .. 'messages:' .. c, id)
end
return found`

/** Arguments: conversation, limit. Returns values of `events`, newest first. */
const history = `
local found = {}
for i, seq in ipairs(call('ZREVRANGE', p .. 'log:' .. ARGV[2], 0, ARGV[3] - 1)) do
  found[i] = call('HGET', p .. 'events', seq)
end
return found`

/** Arguments: a sequence number, a limit. Returns later sequence numbers, each followed by its value of `events`. */
const events = `
local found = {}
for _, seq in ipairs(call('ZRANGEBYSCORE', p .. 'log', '(' .. ARGV[2], '+inf', 'LIMIT', 0, ARGV[3])) do
  found[#found + 1] = seq
  found[#found + 1] = call('HGET', p .. 'events', seq)
end
return found`

/** Arguments: a person. Returns a profile or none, documents, values of `messages`, pairs of sequence number and event. */
const kept = `
local person, documents, waiting, logged = ARGV[2], {}, {}, {}
for _, c in ipairs(call('SMEMBERS', p .. 'person:' .. person)) do
  local row = call('HMGET', p .. 'conversation:' .. c, 'person', 'document')
  if row[1] == person then documents[#documents + 1] = row[2] end
  for _, one in ipairs(messages(c, person)) do waiting[#waiting + 1] = one[2] end
  for _, one in ipairs(events(c, person)) do logged[#logged + 1] = one end
end
return { call('HGET', p .. 'profiles', person), documents, waiting, logged }`

/** Arguments: a person. */
const forget = `
local person = ARGV[2]
for _, c in ipairs(call('SMEMBERS', p .. 'person:' .. person)) do
  local row = p .. 'conversation:' .. c
  if call('HGET', row, 'person') == person then call('DEL', row) end
  for _, one in ipairs(messages(c, person)) do take(c, one[1]) end
  for _, one in ipairs(events(c, person)) do drop(c, one[1]) end
  call('SREM', p .. 'people:' .. c, person)
  index(c)
end
call('HDEL', p .. 'profiles', person)
call('DEL', p .. 'person:' .. person)`

/** Arguments: the key of a sorted set, a time, a limit. Removes what is older and returns how much that was. */
const expire = `
local old = call('ZRANGEBYSCORE', p .. ARGV[2], '-inf', '(' .. ARGV[3], 'LIMIT', 0, ARGV[4])
for _, one in ipairs(old) do
  local c = one
  if ARGV[2] == 'at' then
    c = string.match(call('HGET', p .. 'events', one), '^[^\\n]*')
    drop(c, one)
  else
    call('DEL', p .. 'conversation:' .. c)
  end
  index(c)
end
return #old`

export const SCRIPTS = { open, save, settle, append, waiting, history, events, kept, forget, expire }

export type Script = keyof typeof SCRIPTS

/** The whole text of a script, and the name that Redis knows it by once it has run. */
export function scriptOf(name: Script): { text: string; sha: string } {
  const text = COMMON + SCRIPTS[name]
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}
