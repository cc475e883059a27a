"""The newest activities of the streams that a person follows, in the common way: one sorted join."""

from __future__ import annotations

from django.db import connection

from feeds import follow_rule
from network.models import Person

NEWEST = f"""
WITH sides AS (
  SELECT stream_id FROM network_follow WHERE follower_id = %(person)s AND state = 'accepted'
)
SELECT DISTINCT publication.activity_id
FROM network_publication AS publication
JOIN network_follow AS follow ON follow.stream_id = publication.stream_id
WHERE follow.follower_id = %(person)s AND follow.state = 'accepted' AND follow.place = 'home'
  AND {follow_rule.lets_in_sql()}
ORDER BY publication.activity_id DESC LIMIT %(most)s
"""


def newest(person: Person, most: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"person": person.pk, "most": most})
        return [row[0] for row in cursor.fetchall()]


STRAIGHT = "SELECT activity_id FROM network_publication ORDER BY activity_id DESC LIMIT %s"


def straight(most: int) -> list[int]:
    """The newest activities of all streams: a lower limit, because every query must read these rows."""
    with connection.cursor() as cursor:
        cursor.execute(STRAIGHT, [most])
        return [row[0] for row in cursor.fetchall()]
