"""An author with very many followers who all have full timelines, and a check of these timelines."""

from __future__ import annotations

import random
from typing import Any

from bench.support import filling

# A timeline is trimmed once in 80 pushes. So the lengths differ, and each push trims a few timelines.
FILL = """
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
for index, key in ipairs(KEYS) do
  redis.call('DEL', key)
  redis.call('RPUSH', key, unpack(ARGV, 3, 2 + ARGV[1] + (ARGV[2] + index) % 80))
  redis.call('RPUSH', key, '-' .. ARGV[3 + ARGV[1] + (ARGV[2] + index) % 80], run .. ':0')
end
"""
LISTS_AT_ONCE = 1000


class Town:
    """An author with a thousand posts and comments, and followers who follow nobody else."""

    def __init__(self, followers: int) -> None:
        from network.models import Person

        [author] = filling.people(1)
        self.followers = filling.people(followers)
        filling.follows((follower, author) for follower in self.followers)
        filling.publications([author], 1000)
        filling.analyze()
        self.author = Person.objects.select_related("stream").get(pk=author)
        self.fill()

    def fill(self) -> None:
        """Build a full timeline for every follower."""
        from feeds.feed import Feed
        from feeds.timelines import merge, shards, store
        from network.models import Person

        said = merge.followed(Feed(Person(pk=self.followers[0])), store.MOST + 1)
        for start in range(0, len(self.followers), LISTS_AT_ONCE):
            shards.send(
                shards.Command(keys[0], ["EVAL", FILL, len(keys), *keys, store.KEPT, number, *said])
                for number, group in enumerate(shards.calls(self.followers[start : start + LISTS_AT_ONCE]))
                if (keys := [store.key(feed) for feed in group])
            )

    def let_sign_in(self) -> None:
        """Create a user for the author."""
        from network.models import User

        self.author.user = User.objects.create_user(self.author.handle)
        self.author.save(update_fields=["user"])

    def wrong(self, sample: int = 1000) -> int:
        """Of a sample, count the timelines that are missing or do not match the publications."""
        from feeds.timelines import store
        from network.models import Publication

        rows = Publication.objects.filter(stream=self.author.pk).order_by("-activity")
        said = list(rows.values_list("activity", flat=True))
        wrong = 0
        for feed in random.Random(1).sample(self.followers, min(sample, len(self.followers))):
            found = store.read(feed, 0)
            expected = [] if found is None else [id for id in said if id > found.floor]
            wrong += found is None or list(found.ids) != expected or len(expected) < store.KEPT - 80
        return wrong


def is_pending(activities: list[int]) -> bool:
    from network.models import Delivery

    return Delivery.objects.filter(activity__in=activities, kind="timelines").exists()


def bytes_of(client: Any, key: str) -> int:
    """The memory of a key in Redis, with all its entries, in bytes."""
    return int(client.memory_usage(key, samples=0))
