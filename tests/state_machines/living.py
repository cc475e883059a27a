"""What readers do while people act, and what goes wrong: sockets and Redis are cut, announcements doubled, lost, late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from feeds.delivery import outbox
from network import ids
from network.actions import posts
from network.actions.drafts import Draft
from network.actions.recording import unannounced
from network.models import Activity, Delivery, Post
from realtime.announcing import publisher
from realtime.hub.replay import Replay
from realtime.hub.subscription import Lost
from realtime.protocol.places import Place
from tests.state_machines import back, pick, text, which, who, words
from tests.support.realtime.client import Client
from tests.support.realtime.hearing import READERS, Hearing
from tests.support.realtime.pages import until
from tests.support.realtime.watched import Watched

PLACES = ("home", "list", "thread", "topic", "group", "person", "messages", "people", "topics", "groups")
FOR_ALL = ("thread", "topic", "group", "person")
MOST_PAGES = 6

readers = st.sampled_from(READERS)


class Living(Hearing):
    """Whoever runs it lets `interrupted` stand in the place of `resume.missed`."""

    now: Living
    dies = redis_is_away = False
    meanwhile: tuple[int, set[str], bool] | None = None

    def enter(self) -> None:
        Living.now = self
        super().enter()

    # What readers do

    @initialize()
    def open_some(self) -> None:
        for reader, kind, index in ((0, "home", 0), (3, "home", 0), (3, "list", 0), (None, "topic", 0)):
            self.open(reader, kind, index)

    @rule(reader=readers, kind=st.sampled_from(PLACES), index=back)
    def open(self, reader: int | None, kind: str, index: int) -> None:
        place = self.place(reader, kind, index)
        if place is None:
            return
        if len(self.pages) == MOST_PAGES:
            self.leave_page(0)
        page = Watched(Client(self.new_name(), self.id_of(reader), place))
        self.pages.append(page)
        if self.sockets[reader].page is None:
            self.come_back(reader)
        else:
            self.say(page)

    @rule(page=which)
    def leave_page(self, page: int) -> None:
        gone = pick(self.pages, page)
        if gone is not None:
            self.pages.remove(gone)
            self.say_that_it_is_left(gone)

    @rule(page=back)
    def load(self, page: int) -> None:
        """A click on the pill, or a reload."""
        found = pick(self.pages, page)
        if found is not None:
            self.load_again(found)

    def place(self, reader: int | None, kind: str, index: int) -> Place | None:
        if reader is None and kind not in FOR_ALL:
            return None
        match kind:
            case "topic":
                return Place(kind, self.topics[index % 3])
            case "group":
                return Place(kind, self.groups[index % 3])
            case "person":
                return Place(kind, self.people[index % 5])
            case "list":
                found = pick(self.lists(reader or 0), index)
                return found and Place(kind, found.pk)
            case "thread":
                root = pick(list(Post.objects.filter(parent=None).order_by("-pk")), index)
                return root and Place(kind, root.pk)
        return Place(kind)

    # What goes wrong

    def attempt(self, act: Any, *args: Any, **kwargs: Any) -> None:
        dies, self.dies = self.dies, False
        with unannounced() if dies else nullcontext():
            super().attempt(act, *args, **kwargs)

    @rule()
    def die_at_the_next_act(self) -> None:
        """Between its commit and its announcement."""
        self.dies = True

    @rule(activity=back)
    def announce_again(self, activity: int) -> None:
        found = pick(list(Activity.objects.order_by("-pk")), activity)
        if found is not None and not Delivery.objects.filter(activity=found, kind=publisher.KIND).exists():
            publisher.deliver(found)

    @rule(author=who, said=words, seconds=st.integers(1, 20))
    def commit_late(self, author: int, said: set[str], seconds: int) -> None:
        """Another process drew its id a while ago."""
        newest, ids._ids._last = ids._ids._last, 0
        with ids.at_moment(timezone.now() - timedelta(seconds=seconds)):
            self.attempt(posts.publish, self.person(author), Draft(text(said)))
        ids._ids._last = newest

    @rule(author=who, said=words, sooner=st.booleans())
    def speak_while_it_reads(self, author: int, said: set[str], sooner: bool) -> None:
        """Somebody says something while what a page missed is read: just before that, or just after."""
        self.meanwhile = (author, said, sooner)

    def interrupted(self, missed: Callable[..., list[Replay]], *args: Any) -> list[Replay]:
        """In the place of `resume.missed`."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is None:
            return missed(*args)
        author, said, sooner = meanwhile
        found = None if sooner else missed(*args)
        posts.publish(self.person(author), Draft(text(said)))
        with suppress(Lost):
            asyncio.run_coroutine_threadsafe(self.hear_all(), self.runner.get_loop()).result()
        return missed(*args) if found is None else found

    async def hear_all(self) -> None:
        """The process hears what was announced, while pages are held."""
        await self.board.subscription.sync(self.board.connections.channels)

    @rule(reader=readers)
    def cut(self, reader: int | None) -> None:
        self.run(self.sockets[reader].cut())
        self.asked -= {page.client.name for page in self.of(reader)}

    @rule(reader=readers)
    def come_back(self, reader: int | None) -> None:
        if self.sockets[reader].page is None and self.of(reader):
            self.run(self.sockets[reader].open(self.board))
            for page in self.of(reader):
                self.say(page)

    @precondition(lambda self: not self.redis_is_away)
    @rule()
    def lose_redis(self) -> None:
        """This process does; others have it."""
        self.redis_is_away = True
        self.address, self.board.subscription.url = self.board.subscription.url, "unix:///nowhere"
        self.valkey.client_kill_filter(_type="pubsub")
        self.run(until(lambda: not self.board.subscription.is_open.is_set(), "the loss is noticed"))

    @precondition(lambda self: self.redis_is_away)
    @rule()
    def find_redis(self) -> None:
        self.redis_is_away = False
        self.board.subscription.url = self.address

    @rule()
    def sweep(self) -> None:
        pending = Delivery.objects.filter(kind=publisher.KIND)
        pending.update(leased_until=None)
        outbox.deliver(pending.select_related("activity__post").order_by("activity"))

    @rule(turns=st.integers(0, 40))
    def go_on(self, turns: int) -> None:
        """The process gets on a little, and stops in the middle of something."""

        async def turn() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)

        self.run(turn())

    @rule(minutes=st.sampled_from((1, 40, 150)))
    def wait(self, minutes: int) -> None:
        """In a minute the sweeper comes round, and all that is connected has heard everything."""
        self.sweep()
        if not self.redis_is_away:
            self.rest()
        self.time.shift(timedelta(minutes=minutes))
        self.note_change({})

    def teardown(self) -> None:
        for reader in READERS:
            self.come_back(reader)
        super().teardown()

    def check(self) -> None:
        if self.redis_is_away:
            self.find_redis()
        super().check()
