"""Merge the newest activities of many streams, from their indexes alone.

A plain join of follows with publications may sort everything that was ever published to the streams. Instead
each stream gives its newest few. The last of as many of these as are asked for is a bound, and each stream is
then read down to it: threshold merging, after Fagin, Lotem and Naor (2001). Nothing below the bound is read.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from feeds import follow_rule
from feeds.feed import Feed
from network import ids

FOLLOWED = """
WITH {sides}, follows AS MATERIALIZED (
  SELECT {columns} FROM sides WHERE {leads_here}
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
  SELECT {columns}, pushed_from
  FROM network_follow JOIN network_stream ON network_stream.id = stream_id
  WHERE follower_id = %(person)s AND state = 'accepted' AND {leads_here} AND pushed_from > 0
), own AS (
  SELECT DISTINCT activity_id FROM network_publication
  WHERE actor_id = %(person)s AND activity_id < %(below)s AND %(is_home)s
  ORDER BY activity_id DESC LIMIT %(most)s
)
SELECT {id} AS id FROM follows AS follow, {newest}
UNION SELECT activity_id FROM own
ORDER BY id DESC LIMIT %(most)s
"""

# All accepted follows of the person. PostgreSQL does not run this where nothing is pulled.
SIDES = """
sides AS MATERIALIZED (
  SELECT place, list_id, {columns} FROM network_follow
  WHERE follower_id = %(person)s AND state = 'accepted'
)
"""


def followed(feed: Feed, most: int, below: int = ids.MAX + 1) -> list[int]:
    """Ids of the newest activities that follows bring to a feed, newest first, before rights. One query."""
    few = _newest_of_each("true", "(SELECT many FROM few)")
    all = _newest_of_each("activity_id >= coalesce((SELECT id FROM bound), 0)", "%(most)s")
    return _ask(FOLLOWED, feed, most, below, newest_few=few, newest=all)


def unpushed(feed: Feed, most: int, below: int = ids.MAX + 1) -> list[int]:
    """Ids of the newest activities that no timeline has. One query.

    These come from pulled streams and, at home, from the person.
    """
    newest = _newest_of_each("activity_id < pushed_from", "%(most)s")
    return _ask(UNPUSHED, feed, most, below, newest=newest)


def _newest_of_each(condition: str, most: str) -> str:
    """SQL for the newest ids that each `follow` lets in from its stream."""
    rows = f"""
      SELECT activity_id FROM network_publication AS publication
      WHERE publication.stream_id = follow.stream_id AND activity_id < %(below)s AND {condition}
        AND {follow_rule.lets_in_sql()}
      ORDER BY activity_id DESC LIMIT {most}
    """  # noqa: S608 - no value is in it
    if connection.vendor == "postgresql":
        return f"LATERAL ({rows}) AS of_stream"
    return f"json_each((SELECT json_group_array(activity_id) FROM ({rows}))) AS of_stream"  # noqa: S608


def _id() -> str:
    return "of_stream.activity_id" if connection.vendor == "postgresql" else "of_stream.value"


def _ask(sql: str, feed: Feed, most: int, below: int, **parts: str) -> list[int]:
    columns = follow_rule.columns_sql()
    parts |= {"sides": SIDES.format(columns=columns), "columns": columns}
    sql = sql.format(leads_here=follow_rule.leads_to_sql(feed.route), id=_id(), **parts)
    given: dict[str, Any] = {"most": most, "below": below, "is_home": feed.is_home}
    given |= {"person": feed.person.pk, "list": feed.list}
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [row[0] for row in cursor.fetchall()]
