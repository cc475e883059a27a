"""The timeline of a feed in Redis: a cache of candidate ids, which can be lost at any time.

A feed is a person's home or one of their lists; its id is the id of the person or of the list.

A timeline is a Redis list. It holds ids of activities, newest pushes first, unordered and with duplicates;
then the floor, negated; then the version.

- Floor: above it, everything that was published to the followed streams and delivered is in the list. Below
  it only the database knows.
- Version: the run id of the server and the generation of the person's follows. Under any other version the
  timeline counts as missing. A server that was restarted, restored or promoted may lack pushes.
- Rebuild lock: while a timeline is rebuilt, a token that starts with "?" takes the place of both.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from feeds.timelines.shards import BUCKETS, Command, calls, client, script, send, tag

KEPT = 800  # ids that a trim leaves: forty pages
MOST = 880  # elements above which a push trims, so that one push in eighty does
ACTIVE = 600  # seconds after a read for which a feed counts as active
TTL = 30 * 24 * 3600  # seconds without a read after which a timeline expires
LOCK_TTL = 60  # seconds after which a rebuild lock expires

PUSH = """
for _, key in ipairs(KEYS) do
  local length = redis.call('LPUSHX', key, unpack(ARGV, 3))
  if length > tonumber(ARGV[2]) then
    local tail = redis.call('LRANGE', key, ARGV[1], -1)
    local version = tail[#tail]
    if string.sub(version, 1, 1) == '?' then
      redis.call('DEL', key)
    else
      local floor = string.sub(tail[#tail - 1], 2)
      for i = 1, #tail - 2 do
        if tonumber(tail[i]) > tonumber(floor) then floor = tail[i] end
      end
      redis.call('LTRIM', key, 0, ARGV[1] - 1)
      redis.call('RPUSH', key, '-' .. floor, version)
    end
  end
end
"""

READ = """
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3] - ARGV[5])
local stored = redis.call('LRANGE', KEYS[1], 0, -1)
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
if stored[#stored] ~= run .. ':' .. ARGV[1] then return false end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return stored
"""

LOCK = """
local tail = redis.call('LINDEX', KEYS[1], -1)
if tail and string.sub(tail, 1, 1) == '?' then return 0 end
redis.call('DEL', KEYS[1])
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""

RELEASE = """
if redis.call('LINDEX', KEYS[1], -1) ~= ARGV[1] then return 0 end
redis.call('RPOP', KEYS[1])
redis.call('RPUSH', KEYS[1], unpack(ARGV, 4))
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
redis.call('RPUSH', KEYS[1], run .. ':' .. ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


@dataclass(frozen=True)
class Timeline:
    """The ids of candidates above `floor`, newest first, without duplicates."""

    ids: Sequence[int]
    floor: int


def key(feed: int) -> str:
    return f"timeline:{tag(feed)}:{feed}"


def push(feeds: Sequence[int], activities: Sequence[int]) -> None:
    """Add activities to the timelines of some feeds, where these exist. It may run late or twice."""
    # EVAL, not EVALSHA: a server of the cluster may not have the script yet.
    send(
        Command(key(group[0]), ["EVAL", PUSH, len(group), *map(key, group), KEPT, MOST, *activities])
        for group in calls(feeds)
    )


def read(feed: int, generation: int) -> Timeline | None:
    """The timeline of a feed; None where it is missing, being rebuilt, or of another version.

    Reading makes the feed active and extends the TTL of its timeline. One round trip.
    """
    active = f"here:{tag(feed)}"
    arguments = [generation, TTL, int(time.time()), feed, ACTIVE]
    stored = script(READ)(keys=[key(feed), active], args=arguments)
    if stored is None:
        return None
    floor = -int(stored[-2])
    found = {int(id) for id in stored[:-2]}
    return Timeline(sorted((id for id in found if id > floor), reverse=True), floor)


def active_feeds(most: int = 5000) -> list[int]:
    """The feeds that were read in the last ACTIVE seconds, about `most` at most. One round trip."""
    with client().pipeline(transaction=False) as pipeline:
        for bucket in range(BUCKETS):
            pipeline.zrevrange(f"here:{tag(bucket)}", 0, most // BUCKETS)
        return [int(feed) for bucket in pipeline.execute() for feed in bucket]


def is_outdated(feed: int, generation: int) -> bool:
    """Whether a feed has a timeline, and it was built for another generation of follows."""
    version = client().lindex(key(feed), -1)
    return isinstance(version, str) and not version.startswith("?") and not version.endswith(f":{generation}")


def begin_rebuild(feed: int) -> str | None:
    """Replace a timeline by an empty, locked one, which collects pushes from now on.

    Returns the rebuild lock, or None where somebody else holds it.
    """
    lock = f"?{secrets.token_hex(8)}"
    return lock if script(LOCK)(keys=[key(feed)], args=[lock, LOCK_TTL]) else None


def finish_rebuild(feed: int, lock: str, timeline: Timeline, generation: int) -> bool:
    """Add what the database returned, and release the lock. Does nothing where the lock is lost."""
    stored = [*timeline.ids, f"-{timeline.floor}"]
    return bool(script(RELEASE)(keys=[key(feed)], args=[lock, generation, TTL, *stored]))


def forget(feeds: Iterable[int]) -> None:
    """Delete the timelines of some feeds."""
    send(Command(key(feed), ["UNLINK", key(feed)]) for feed in feeds)


@contextmanager
def without_extending_ttl(feed: int) -> Iterator[None]:
    """Read without extending the TTL. A timeline that is built inside is dropped at the end."""
    left = client().pttl(key(feed))
    yield
    if left > 0:
        client().pexpire(key(feed), left)
    else:
        client().unlink(key(feed))
