"""The timeline of a feed in Redis: a cache of candidate ids, that can be lost at any time.

A feed is somebody's home or a list of theirs; its id is the person's or the list's.

A list: ids of activities, newest pushes first, unordered and with doubles; then the floor, negated; then
the seal. What is above the floor and published to streams that the person follows is in the list, once it
has been delivered; what is below is in the database. The seal names the run of the server (a restarted,
restored or promoted one may have holes that nobody else would notice) and the generation of follows that
the list was built for; under any other the list counts as missing. While it is rebuilt, a mark stands in
the place of both.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from feeds.timelines.shards import BUCKETS, Command, calls, client, script, send, tag

KEPT = 800  # ids that a trim leaves: forty pages
MOST = 880  # ids and tail above which a push trims, so that a trim is one push in eighty
HERE = 600  # seconds since a read for which a person counts as being here
REMEMBERED = 30 * 24 * 3600  # seconds without a read after which a timeline goes
REBUILD_TAKES = 60  # seconds after which a mark that nobody lifted goes

PUSH = """
for _, key in ipairs(KEYS) do
  local length = redis.call('LPUSHX', key, unpack(ARGV, 3))
  if length > tonumber(ARGV[2]) then
    local tail = redis.call('LRANGE', key, ARGV[1], -1)
    local seal = tail[#tail]
    if string.sub(seal, 1, 1) == '?' then
      redis.call('DEL', key)
    else
      local floor = string.sub(tail[#tail - 1], 2)
      for i = 1, #tail - 2 do
        if tonumber(tail[i]) > tonumber(floor) then floor = tail[i] end
      end
      redis.call('LTRIM', key, 0, ARGV[1] - 1)
      redis.call('RPUSH', key, '-' .. floor, seal)
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

MARK = """
local tail = redis.call('LINDEX', KEYS[1], -1)
if tail and string.sub(tail, 1, 1) == '?' then return 0 end
redis.call('DEL', KEYS[1])
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""

LIFT = """
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
    """Candidates above `floor`, newest first, each once."""

    ids: Sequence[int]
    floor: int


def key(feed: int) -> str:
    return f"timeline:{tag(feed)}:{feed}"


def push(feeds: Sequence[int], activities: Sequence[int]) -> None:
    """Add activities to the timelines of some feeds, where these exist. Again, late or in part is fine."""
    # By its source, for nobody knows whether a server has it.
    send(
        Command(key(group[0]), ["EVAL", PUSH, len(group), *map(key, group), KEPT, MOST, *activities])
        for group in calls(feeds)
    )


def read(feed: int, generation: int) -> Timeline | None:
    """The timeline of a feed; None where it is missing, being rebuilt or not to be trusted. One trip.

    Whoever reads is here: see `readers`.
    """
    here = f"here:{tag(feed)}"
    arguments = [generation, REMEMBERED, int(time.time()), feed, HERE]
    stored = script(READ)(keys=[key(feed), here], args=arguments)
    if stored is None:
        return None
    floor = -int(stored[-2])
    found = {int(id) for id in stored[:-2]}
    return Timeline(sorted((id for id in found if id > floor), reverse=True), floor)


def readers(most: int = 5000) -> list[int]:
    """The feeds that were read lately, at most about so many. One trip."""
    with client().pipeline(transaction=False) as pipeline:
        for bucket in range(BUCKETS):
            pipeline.zrevrange(f"here:{tag(bucket)}", 0, most // BUCKETS)
        return [int(feed) for bucket in pipeline.execute() for feed in bucket]


def is_behind(feed: int, generation: int) -> bool:
    """Whether a feed has a timeline that was built for other follows than those of now."""
    seal = client().lindex(key(feed), -1)
    return isinstance(seal, str) and not seal.startswith("?") and not seal.endswith(f":{generation}")


def begin_rebuild(feed: int) -> str | None:
    """Replace a timeline by an empty one under a mark, which collects what is pushed from now on.

    Returns the mark, or None where somebody else is at it.
    """
    mark = f"?{secrets.token_hex(8)}"
    return mark if script(MARK)(keys=[key(feed)], args=[mark, REBUILD_TAKES]) else None


def finish_rebuild(feed: int, mark: str, timeline: Timeline, generation: int) -> bool:
    """Add what the database knew, and lift the mark; nothing where the mark is no longer ours."""
    stored = [*timeline.ids, f"-{timeline.floor}"]
    return bool(script(LIFT)(keys=[key(feed)], args=[mark, generation, REMEMBERED, *stored]))


def forget(feeds: Iterable[int]) -> None:
    """Drop the timelines of some feeds."""
    send(Command(key(feed), ["UNLINK", key(feed)]) for feed in feeds)


@contextmanager
def as_it_was(feed: int) -> Iterator[None]:
    """Inside, reading is no visit: afterwards a timeline goes when it would have, or is missing again."""
    left = client().pttl(key(feed))
    yield
    if left > 0:
        client().pexpire(key(feed), left)
    else:
        client().unlink(key(feed))
