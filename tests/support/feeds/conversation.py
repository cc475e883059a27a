"""A small conversation that the pages of feeds show, and functions that read these pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client

from network.actions import reshares
from network.models import Group, Person, Post, Topic
from tests.support import factories

SignIn = Callable[[Person], Client]
# The parts that differ in each response: tokens, keys of forms, and the id for the catch-up.
ITS_OWN = re.compile(r'"[A-Za-z0-9]{64}"|name="key" value="[^"]*"|data-live-since="\d+"')
TEXT = "The moon was late. #rivers"


@dataclass
class World:
    """What two readers see: a post in an open group, a post with a quote, a poll, a comment, a reshare."""

    ada: Person
    ben: Person
    chi: Person
    dan: Person
    topic: Topic
    group: Group
    post: Post
    quoted: Post
    quoting: Post
    poll: Post
    in_group: Post
    comment: Post
    reshared: Post


def make(noor: Person, ada: Person, ben: Person, chi: Person, dan: Person) -> World:
    topic, group = factories.topic("rivers"), factories.group(ada, Group.Kind.OPEN, noor, ben, name="Shore")
    for reader in (noor, ben):
        for followed in (ada, chi, topic):
            factories.follow(reader, followed)
    quoted = factories.post(dan, "A hundred-year flood.", title="Floods")
    post = factories.post(ada, TEXT, title="Tides")
    reshared = factories.post(dan, "Where the water goes.")
    made = World(
        ada,
        ben,
        chi,
        dan,
        topic,
        group,
        post,
        quoted,
        factories.post(ada, "Read this.", quotes=quoted),
        factories.poll(chi, "Spring", "Neap"),
        factories.post(ada, "For the shore.", group=group),
        factories.comment(ada, factories.post(chi, "Who saw it?"), "I saw it."),
        reshared,
    )
    reshares.reshare(chi, reshared)
    return made


def text(page: str) -> str:
    return " ".join(page.split())


def read(browser: Client, *addresses: str) -> str:
    """The text of some pages, without the parts that differ in each response."""
    pages = (browser.get(address, headers={"peek": "1"}) for address in addresses)
    return ITS_OWN.sub("", text("".join(page.content.decode() for page in pages)))
