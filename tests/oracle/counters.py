"""The correct value of every counter."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.world import World


def counters(world: World) -> Iterator[tuple[str, int, int]]:
    """Yield for each counter its name, the stored value and the correct value."""
    for stream in world.streams.values():
        followers = [row for row in world.follows if row.stream_id == stream.pk and row.state == "accepted"]
        yield f"followers of {stream}", stream.followers_count, len(followers)
    shown = [post for post in world.posts.values() if post.deleted_at is None and post.hidden_at is None]
    for post in world.posts.values():
        if post.parent_id is None:
            comments = [one for one in shown if one.thread_id == post.pk and one.pk != post.pk]
            newest = max([post.pk, *(one.pk for one in comments)])
            yield f"newest of {post.pk}", post.newest_id, newest
        else:
            comments = [one for one in shown if one.parent_id == post.pk]
        yield f"comments of {post.pk}", post.comments_count, len(comments)
        thanks = [row for row in world.likes if row.post_id == post.pk]
        yield f"thanks for {post.pk}", post.likes_count, len(thanks)
        reshares = [row for row in world.reshares if row.post_id == post.pk]
        yield f"reshares of {post.pk}", post.reshares_count, len(reshares)
    for option in world.options:
        votes = [row for row in world.votes if row.option_id == option.pk]
        yield f"votes for {option.pk}", option.votes_count, len(votes)
    for poll in world.polls:
        of_poll = {row.pk for row in world.options if row.poll_id == poll.pk}
        voters = {row.person_id for row in world.votes if row.option_id in of_poll}
        yield f"voters of {poll.pk}", poll.voters_count, len(voters)
