"""The newest activities of many streams at once, from their indexes alone.

What a join of follows with publications costs is for the planner to guess: it may sort all that was ever
published to the streams. Here each stream gives its newest few; the last of as many as are asked for is a
bound, above which each stream is then read: threshold merging, after Fagin, Lotem and Naor (2001). Nothing
below the bound is touched, and nothing but what was asked for is sorted.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from feeds import follow_rule
from feeds.feed import Feed
from network import ids

FOLLOWED = """
WITH {sides}, follows AS MATERIALIZED (
  SELECT stream_id, comments, reshares FROM sides WHERE {goes}
), few AS MATERIALIZED (
  SELECT 2 * %(most)s / (1 + count(*)) + 1 AS many FROM follows
), heads AS (
  SELECT DISTINCT {id} AS id FROM follows AS follow, {newest_few}
), bound AS MATERIALIZED (
  SELECT id FROM heads ORDER BY id DESC LIMIT 1 OFFSET %(most)s - 1
)
SELECT DISTINCT {id} AS id FROM follows AS follow, {newest} ORDER BY id DESC LIMIT %(most)s
"""

UNPUSHED = """
WITH {sides}, follows AS MATERIALIZED (
  SELECT stream_id, comments, reshares, pushed_from
  FROM network_follow JOIN network_stream ON network_stream.id = stream_id
  WHERE follower_id = %(person)s AND state = 'accepted' AND {goes} AND pushed_from > 0
), own AS (
  SELECT DISTINCT activity_id FROM network_publication
  WHERE actor_id = %(person)s AND activity_id < %(below)s AND %(is_home)s
  ORDER BY activity_id DESC LIMIT %(most)s
)
SELECT {id} AS id FROM follows AS follow, {newest}
UNION SELECT activity_id FROM own
ORDER BY id DESC LIMIT %(most)s
"""

# All that a person follows. Where nothing of it is pulled, PostgreSQL does not read it.
SIDES = """
sides AS MATERIALIZED (
  SELECT stream_id, place, list_id, comments, reshares FROM network_follow
  WHERE follower_id = %(person)s AND state = 'accepted'
)
"""


def followed(feed: Feed, most: int, below: int = ids.MAX + 1) -> list[int]:
    """Ids of the newest activities that follows bring to a feed, newest first, before rights. One query."""
    few = _newest_of_each("true", "(SELECT many FROM few)")
    all = _newest_of_each("activity_id >= coalesce((SELECT id FROM bound), 0)", "%(most)s")
    return _ask(FOLLOWED, feed, most, below, newest_few=few, newest=all)


def unpushed(feed: Feed, most: int, below: int = ids.MAX + 1) -> list[int]:
    """Ids of the newest that no timeline has: of pulled streams and, at home, one's own. One query."""
    newest = _newest_of_each("activity_id < pushed_from", "%(most)s")
    return _ask(UNPUSHED, feed, most, below, newest=newest)


def _goes(feed: Feed) -> str:
    """The follows that bring something to a feed: `Feed.goes` in these words."""
    here = "place = 'home'" if feed.list is None else "list_id = %(list)s"
    of_kind = "stream_id IN (SELECT id FROM network_stream WHERE kind = %(kind)s)"
    return f"{here} AND {of_kind}" if feed.kind else here


def _newest_of_each(condition: str, most: str) -> str:
    """A table of the newest ids in the stream of each `follow`, by its switches."""
    rows = f"""
      SELECT activity_id FROM network_publication AS publication
      WHERE publication.stream_id = follow.stream_id AND activity_id < %(below)s AND {condition}
        AND {follow_rule.SQL}
      ORDER BY activity_id DESC LIMIT {most}
    """  # noqa: S608 - no value is in it
    if connection.vendor == "postgresql":
        return f"LATERAL ({rows}) AS of_stream"
    return f"json_each((SELECT json_group_array(activity_id) FROM ({rows}))) AS of_stream"  # noqa: S608


def _id() -> str:
    return "of_stream.activity_id" if connection.vendor == "postgresql" else "of_stream.value"


def _ask(sql: str, feed: Feed, most: int, below: int, **parts: str) -> list[int]:
    sql = sql.format(sides=SIDES, goes=_goes(feed), id=_id(), **parts)
    given: dict[str, Any] = {"most": most, "below": below, "is_home": feed.is_home}
    given |= {"person": feed.person.pk, "list": feed.list, "kind": feed.kind}
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [row[0] for row in cursor.fetchall()]
