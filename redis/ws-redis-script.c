/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scripts that Redis runs, in Lua. */
#include "ws-redis-script.h"

#include <string.h>

/* The id of a publication in its stream is its offset, so the stream refuses
 * what does not come after all that is in it: then somebody else has written
 * there, or the head is from another time, and all begins anew.
 *
 * The first that is written takes memory, so that Redis refuses all of it when
 * it has none.
 *
 * What is old is looked for from the first one on, and deleted until there is
 * one that is not. A number becomes a text by string.format(), for tostring()
 * has 14 digits only. */

/* clang-format off */
#define FIELDS \
  "local function fields (entry)\n" \
  "  local found = {}\n" \
  "  for i = 1, #entry[2], 2 do found[entry[2][i]] = entry[2][i + 1] end\n" \
  "  return tonumber (found.t) or 0, found.m\n" \
  "end\n" \
  "local function now ()\n" \
  "  local time = redis.call ('TIME')\n" \
  "  return time[1] * 1000 + math.floor (time[2] / 1000)\n" \
  "end\n" \
  "local function begin (epoch)\n" \
  "  redis.call ('HSET', KEYS[1], 'epoch', epoch, 'offset', 0)\n" \
  "  redis.call ('DEL', KEYS[2])\n" \
  "  return epoch\n" \
  "end\n"

static const char keep[] =
  FIELDS
  "local max_age = tonumber (ARGV[4])\n"
  "local time = now ()\n"
  "local epoch = redis.call ('HGET', KEYS[1], 'epoch') or begin (ARGV[6])\n"
  "local offset\n"
  "local function add (call)\n"
  "  offset = redis.call ('HINCRBY', KEYS[1], 'offset', 1)\n"
  "  return call ('XADD', KEYS[2], 'MAXLEN', ARGV[3],\n"
  "               string.format ('%.0f-0', offset),\n"
  "               't', string.format ('%.0f', time), 'm', ARGV[2])\n"
  "end\n"
  "local added = add (redis.pcall)\n"
  "if type (added) == 'table' and added.err then\n"
  "  epoch = begin (ARGV[6])\n"
  "  add (redis.call)\n"
  "end\n"
  "while max_age > 0 do\n"
  "  local first = redis.call ('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]\n"
  "  if not first or fields (first) >= time - max_age then break end\n"
  "  redis.call ('XDEL', KEYS[2], first[1])\n"
  "end\n"
  "redis.call ('PEXPIRE', KEYS[1], ARGV[5])\n"
  "redis.call ('PEXPIRE', KEYS[2], ARGV[5])\n"
  "redis.call ('PUBLISH', ARGV[1],\n"
  "            struct.pack ('>BBBBI8', 72, 1, #epoch, 0, offset)\n"
  "            .. epoch .. ARGV[2])\n"
  "return offset\n";

static const char read[] =
  FIELDS
  "local epoch = redis.call ('HGET', KEYS[1], 'epoch') or begin (ARGV[7])\n"
  "redis.call ('PEXPIRE', KEYS[1], ARGV[6])\n"
  "local found = { epoch, redis.call ('HGET', KEYS[1], 'offset') or '0' }\n"
  "local left = tonumber (ARGV[3])\n"
  "local bytes = tonumber (ARGV[5])\n"
  "local max_age = tonumber (ARGV[4])\n"
  "local oldest = max_age > 0 and now () - max_age or 0\n"
  "local from = string.format ('%.0f-0', ARGV[2] + 1)\n"
  "if ARGV[1] ~= '' and ARGV[1] ~= epoch then return found end\n"
  "while left > 0 do\n"
  "  local some = redis.call ('XRANGE', KEYS[2], from, '+',\n"
  "                           'COUNT', math.min (left, 16))\n"
  "  for _, entry in ipairs (some) do\n"
  "    local time, message = fields (entry)\n"
  "    if time >= oldest then\n"
  "      bytes = bytes - #(message or '')\n"
  "      if bytes < 0 and #found > 2 then return found end\n"
  "      found[#found + 1] = entry[1]\n"
  "      found[#found + 1] = message or ''\n"
  "      left = left - 1\n"
  "    end\n"
  "    from = string.format ('%.0f-0',\n"
  "                          string.match (entry[1], '^%d+') + 1)\n"
  "  end\n"
  "  if #some < 1 then break end\n"
  "end\n"
  "return found\n";

static const char presence[] =
  "local all = redis.call ('HGETALL', KEYS[1])\n"
  "local is_alive, found = {}, {}\n"
  "for i = 1, #all, 2 do\n"
  "  local node = string.match (all[i], '^(%x+):')\n"
  "  if node and is_alive[node] == nil then\n"
  "    is_alive[node] = redis.call ('EXISTS', ARGV[1] .. node) == 1\n"
  "  end\n"
  "  if node and is_alive[node] then\n"
  "    found[#found + 1] = all[i]\n"
  "    found[#found + 1] = all[i + 1]\n"
  "  elseif node then\n"
  "    redis.call ('HDEL', KEYS[1], all[i])\n"
  "  end\n"
  "end\n"
  "return found\n";
/* clang-format on */

static const char *const texts[WS_REDIS_N_SCRIPTS] = { keep, read, presence };

const char *
ws_redis_script_get_text (WsRedisScript self)
{
  return texts[self];
}

const char *
ws_redis_script_get_hash (WsRedisScript self)
{
  static char *hashes[WS_REDIS_N_SCRIPTS];

  if (g_once_init_enter (&hashes[self]))
    g_once_init_leave (&hashes[self],
                       g_compute_checksum_for_string (G_CHECKSUM_SHA1,
                                                      texts[self], -1));
  return hashes[self];
}
