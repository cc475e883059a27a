"""Live pages open and close while people act. Connections and Redis fail; announcements repeat, are late or get lost."""

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
from tests.support.realtime.live_pages import VIEWERS, LivePages
from tests.support.realtime.pages import until
from tests.support.realtime.watched import Watched

PLACES = ("home", "list", "thread", "topic", "group", "person", "messages", "people", "topics", "groups")
FOR_ALL = ("thread", "topic", "group", "person")
MOST_PAGES = 6

viewers = st.sampled_from(VIEWERS)


class LiveMachine(LivePages):
    """The test that runs it replaces `replay.load_replays` with `interrupted`."""

    now: LiveMachine
    dies = redis_is_away = False
    meanwhile: tuple[int, set[str], bool] | None = None

    def enter(self) -> None:
        LiveMachine.now = self
        super().enter()

    # Pages

    @initialize()
    def open_some(self) -> None:
        for viewer, kind, index in ((0, "home", 0), (3, "home", 0), (3, "list", 0), (None, "topic", 0)):
            self.open(viewer, kind, index)

    @rule(viewer=viewers, kind=st.sampled_from(PLACES), index=back)
    def open(self, viewer: int | None, kind: str, index: int) -> None:
        place = self.place(viewer, kind, index)
        if place is None:
            return
        if len(self.pages) == MOST_PAGES:
            self.leave_page(0)
        page = Watched(Client(self.new_name(), self.id_of(viewer), place))
        self.pages.append(page)
        if self.sockets[viewer].page is None:
            self.come_back(viewer)
        else:
            self.say(page)

    @rule(page=which)
    def leave_page(self, page: int) -> None:
        gone = pick(self.pages, page)
        if gone is not None:
            self.pages.remove(gone)
            self.send_leave(gone)

    @rule(page=back)
    def load(self, page: int) -> None:
        """Load a page again, as the pill or a reload does."""
        found = pick(self.pages, page)
        if found is not None:
            self.load_again(found)

    def place(self, viewer: int | None, kind: str, index: int) -> Place | None:
        if viewer is None and kind not in FOR_ALL:
            return None
        match kind:
            case "topic":
                return Place(kind, self.topics[index % 3])
            case "group":
                return Place(kind, self.groups[index % 3])
            case "person":
                return Place(kind, self.people[index % 5])
            case "list":
                found = pick(self.lists(viewer or 0), index)
                return found and Place(kind, found.pk)
            case "thread":
                root = pick(list(Post.objects.filter(parent=None).order_by("-pk")), index)
                return root and Place(kind, root.pk)
        return Place(kind)

    # Faults

    def attempt(self, act: Any, *args: Any, **kwargs: Any) -> None:
        dies, self.dies = self.dies, False
        with unannounced() if dies else nullcontext():
            super().attempt(act, *args, **kwargs)

    @rule()
    def die_at_the_next_act(self) -> None:
        """The process of the next act dies between its commit and its announcement."""
        self.dies = True

    @rule(activity=back)
    def announce_again(self, activity: int) -> None:
        found = pick(list(Activity.objects.order_by("-pk")), activity)
        if found is not None and not Delivery.objects.filter(activity=found, kind=publisher.KIND).exists():
            publisher.deliver(found)

    @rule(author=who, said=words, seconds=st.integers(1, 20))
    def commit_late(self, author: int, said: set[str], seconds: int) -> None:
        """Publish a post whose id is some seconds old, as a slow transaction of another process does."""
        newest, ids._ids._last = ids._ids._last, 0
        with ids.at_moment(timezone.now() - timedelta(seconds=seconds)):
            self.attempt(posts.publish, self.person(author), Draft(text(said)))
        ids._ids._last = newest

    @rule(author=who, said=words, sooner=st.booleans())
    def publish_during_a_replay(self, author: int, said: set[str], sooner: bool) -> None:
        """Publish a post while a replay is loaded: just before the query, or just after it."""
        self.meanwhile = (author, said, sooner)

    def interrupted(self, load: Callable[..., list[Replay]], *args: Any) -> list[Replay]:
        """Replace `replay.load_replays`, which is called as `load`."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is None:
            return load(*args)
        author, said, sooner = meanwhile
        found = None if sooner else load(*args)
        posts.publish(self.person(author), Draft(text(said)))
        with suppress(Lost):
            asyncio.run_coroutine_threadsafe(self.receive_all(), self.runner.get_loop()).result()
        return load(*args) if found is None else found

    async def receive_all(self) -> None:
        """Receive all published announcements, while connections are paused."""
        await self.board.subscription.sync(self.board.connections.channels)

    @rule(viewer=viewers)
    def cut(self, viewer: int | None) -> None:
        self.run(self.sockets[viewer].cut())
        self.asked -= {page.client.name for page in self.of(viewer)}

    @rule(viewer=viewers)
    def come_back(self, viewer: int | None) -> None:
        if self.sockets[viewer].page is None and self.of(viewer):
            self.run(self.sockets[viewer].open(self.board))
            for page in self.of(viewer):
                self.say(page)

    @precondition(lambda self: not self.redis_is_away)
    @rule()
    def lose_redis(self) -> None:
        """This process loses Redis. The other processes keep it."""
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
        """Let the event loop run a little, so that it stops within some work."""

        async def turn() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)

        self.run(turn())

    @rule(minutes=st.sampled_from((1, 40, 150)))
    def wait(self, minutes: int) -> None:
        """Within a minute the sweeper runs, and each connected page has received everything."""
        self.sweep()
        if not self.redis_is_away:
            self.rest()
        self.time.shift(timedelta(minutes=minutes))
        self.note_change({})

    def teardown(self) -> None:
        for viewer in VIEWERS:
            self.come_back(viewer)
        super().teardown()

    def check(self) -> None:
        if self.redis_is_away:
            self.find_redis()
        super().check()
