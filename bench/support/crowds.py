"""Followers of one author, with open pages: all are signed in, with blocks, mutes and muted words."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

from bench.support import filling
from network import ids
from network.actions import posts
from network.actions.drafts import Draft
from network.models import Activity, Block, Delivery, Mute, Person, User
from realtime.announcing import publisher

UNRELATED = 2000
STREAMS = 5000
BLOCKS, MUTES, WORDS = 20, 20, 5


@dataclass(frozen=True)
class Crowd:
    """An author, their followers, and a session key of each."""

    author: Person
    people: list[int]
    author_key: str
    keys: list[str]

    def say(self) -> Activity:
        """Publish a post that only the caller announces: its delivery is deleted."""
        post = posts.publish(self.author, Draft(f"Low water at {timezone.now()}, so bring boots and a net."))
        Delivery.objects.filter(activity=post.pk, kind=publisher.KIND).delete()
        return Activity.objects.select_related("post", "stream").get(pk=post.pk)


def gather(number: int, streams: int = 1) -> Crowd:
    """Make an author with `number` followers. Each of these follows `streams` streams, most at random."""
    chance = random.Random(number + streams)
    author, *people = filling.people(number + 1)
    others = elsewhere() if streams > 1 else []
    filling.follows(
        (person, stream) for person in people for stream in [author, *chance.sample(others, streams - 1)]
    )
    hide(people, unrelated(), chance)
    keys = sign_in([author, *people])
    filling.analyze()
    return Crowd(Person.objects.select_related("stream").get(pk=author), people, keys[0], keys[1:])


def follow(people: list[int]) -> int:
    """Make a new author whom these people follow. Returns the author's id."""
    [author] = filling.people(1)
    filling.follows((person, author) for person in people)
    return author


@cache
def elsewhere() -> list[int]:
    return filling.people(STREAMS - 1)


@cache
def unrelated() -> list[int]:
    return filling.people(UNRELATED)


def hide(people: list[int], among: list[int], chance: random.Random) -> None:
    """Give each person blocks and mutes of some of `among`, and muted words."""
    others = {person: chance.sample(among, BLOCKS + MUTES) for person in people}
    blocks = ((one, other) for one in people for other in others[one][:BLOCKS] if other != one)
    filling.write(Block, ("blocker_id", "blocked_id"), blocks)
    mutes = ((one, other) for one in people for other in others[one][BLOCKS:] if other != one)
    filling.write(Mute, ("person_id", "muted_person_id"), mutes)
    words = ((person, f" rumour{word} ") for person in people for word in chance.sample(range(1000), WORDS))
    filling.write(Mute, ("person_id", "word"), words)


def sign_in(people: list[int]) -> list[str]:
    """Make a user and a session for each person. Returns the session keys."""
    nobody = User(password="!")
    filling.write(User, ("id", "username", "password"), ((id, f"p{id}", nobody.password) for id in people))
    Person.objects.filter(pk__in=people).update(user_id=F("pk"))
    return sessions(people)


def sessions(people: list[int]) -> list[str]:
    """Make one more session for each person, who must have a user. Returns the session keys."""
    nobody = User(password="!")
    keys = [secrets.token_hex(16) for _ in people]
    ends = timezone.now() + timedelta(days=1)
    filling.write(
        Session,
        ("session_key", "session_data", "expire_date"),
        (
            (key, SessionStore().encode(signed_in(id, nobody)), ends)
            for key, id in zip(keys, people, strict=True)
        ),
    )
    return keys


def signed_in(user: int, like: User) -> dict[str, Any]:
    return {
        SESSION_KEY: str(user),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: like.get_session_auth_hash(),
    }


def now() -> int:
    """The smallest id of the current moment."""
    return ids.first_at(timezone.now())
