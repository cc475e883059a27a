"""A page of home in the common way: one join over follows and publications, without any cache."""

from __future__ import annotations

from django.db import connection

from network.models import Person

# In the test data all posts are public and there are no blocks and mutes. The join checks them anyway.
PAGE = """
WITH followed AS (
  SELECT stream_id FROM network_follow WHERE follower_id = %(me)s AND state = 'accepted'
), threads AS (
  SELECT publication.thread_id, max(publication.activity_id) AS activity
  FROM network_follow AS follow
  JOIN network_publication AS publication ON publication.stream_id = follow.stream_id
  WHERE follow.follower_id = %(me)s AND follow.state = 'accepted' AND follow.place = 'home'
    AND (kind = 'post' OR (kind = 'reshare' AND reshares) OR (kind = 'comment' AND (
      comments = 'all' OR (comments = 'some' AND (
        (
          publication.actor_id IN (SELECT stream_id FROM followed)
          AND publication.answered_id IN (SELECT stream_id FROM followed)
        ) OR EXISTS (
          SELECT 1 FROM network_post AS own WHERE own.thread_id = publication.thread_id
            AND own.author_id = %(me)s AND own.id <= publication.activity_id
        )
      ))
    )))
    AND publication.actor_id NOT IN (SELECT blocked_id FROM network_block WHERE blocker_id = %(me)s)
    AND publication.actor_id NOT IN (SELECT blocker_id FROM network_block WHERE blocked_id = %(me)s)
    AND publication.thread_id NOT IN (
      SELECT thread_id FROM network_mute WHERE person_id = %(me)s AND thread_id IS NOT NULL
    )
  GROUP BY publication.thread_id
  ORDER BY activity DESC LIMIT 20
)
SELECT threads.activity, post.html,
  EXISTS (SELECT 1 FROM network_bookmark WHERE post_id = post.id AND person_id = %(me)s)
FROM threads
JOIN network_activity AS activity ON activity.id = threads.activity
JOIN network_post AS post ON post.id = activity.post_id
JOIN network_post AS root ON root.id = threads.thread_id
JOIN network_person AS author ON author.stream_id = post.author_id
WHERE post.deleted_at IS NULL AND root.audience IN ('public', 'unlisted')
ORDER BY threads.activity DESC
"""


def page(person: Person) -> list[tuple[int, str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(PAGE, {"me": person.pk})
        rows: list[tuple[int, str, bool]] = cursor.fetchall()
        return rows
