"""An author with very many followers, each with a full timeline, and how to tell that these are right."""

from __future__ import annotations

import random
from typing import Any

from bench import filling

# Timelines are trimmed one push in eighty: theirs are of every length, so that a few are trimmed at each.
LISTS_A_CALL = 10
FILL = """
for index, key in ipairs(KEYS) do
  redis.call('DEL', key)
  redis.call('RPUSH', key, unpack(ARGV, 4, 3 + ARGV[1] + (ARGV[3] + index) % 80))
  redis.call('RPUSH', key, '-' .. ARGV[4 + ARGV[1] + (ARGV[3] + index) % 80], ARGV[2])
end
"""


class Town:
    """Everybody follows one author, who has said a thousand things."""

    def __init__(self, followers: int) -> None:
        from feeds import newest, shards, timelines
        from feeds.feed import Feed
        from network.models import Person

        [author] = filling.people(1)
        self.followers = filling.people(followers)
        filling.follows((follower, author) for follower in self.followers)
        filling.publications([author], 1000)
        filling.analyze()
        self.author = Person.objects.select_related("stream").get(pk=author)
        said = newest.followed(Feed(Person(pk=self.followers[0])), timelines.MOST + 1)
        seal = f"{shards.client().info('server')['run_id']}:0"
        fill = shards.script(FILL)
        with shards.client().pipeline(transaction=False) as calls:
            for start in range(0, followers, LISTS_A_CALL):
                keys = [timelines.key(feed) for feed in self.followers[start : start + LISTS_A_CALL]]
                fill(keys=keys, args=[timelines.KEPT, seal, start, *said], client=calls)
                if start % 1000 == 0:
                    calls.execute()
            calls.execute()

    def wrong(self, sample: int = 1000) -> int:
        """Of some timelines, how many are missing or differ from what the publications say."""
        from feeds import timelines
        from network.models import Publication

        rows = Publication.objects.filter(stream=self.author.pk).order_by("-activity")
        said = list(rows.values_list("activity", flat=True))
        wrong = 0
        for feed in random.Random(1).sample(self.followers, min(sample, len(self.followers))):
            found = timelines.read(feed, 0)
            expected = [] if found is None else [id for id in said if id > found.floor]
            wrong += found is None or list(found.ids) != expected or len(expected) < timelines.KEPT - 80
        return wrong


def owed(activities: list[int]) -> bool:
    from network.models import Delivery

    return Delivery.objects.filter(activity__in=activities, kind="timelines").exists()


def bytes_of(client: Any, key: str) -> int:
    """Bytes that a key takes in Redis, each of its entries looked at."""
    return int(client.memory_usage(key, samples=0))
