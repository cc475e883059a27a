"""A state machine of people who act while their pages are open.

The event loop does not run during an act. So a frame is allowed if its post was at that place at some moment
since everything was last delivered.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import redis
from django.core.management import call_command
from hypothesis.stateful import invariant

from network.models import Activity, Delivery, Person, Post, User
from network.queries.posts import readable_by
from realtime.announcing import publisher
from realtime.hub.switchboard import Switchboard
from realtime.limits import Limits
from tests.state_machines import ActionMachine
from tests.support.feeds.delivering import deliver_all
from tests.support.realtime.client import Client, Frame
from tests.support.realtime.pages import Page, session_of, settled, until
from tests.support.realtime.watched import Watched, must_show

VIEWERS = (0, 2, 3, None)  # Ada, Chi, Dan, and a signed-out viewer
# Small limits, so that an example reaches them.
SMALL = Limits(
    queued_messages=5,
    remembered_messages=4,
    replayed_bytes=8000,
    read_at_once=3,
    longest_retry=0.06,
    counter_interval=0.02,
)


class Socket:
    """The socket that all pages of one person share."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.page: Page | None = None
        self.frames: list[Frame] = []

    async def open(self, board: Switchboard) -> None:
        self.page = Page(board, self.session)
        connected, _protocol = await self.page.socket.connect(timeout=5)
        assert connected

    async def cut(self) -> None:
        if self.page is not None:
            await self.page.leave()
        self.page = None
        self.frames.clear()

    def take(self) -> None:
        """Keep the frames that have arrived."""
        if self.page is None:
            return
        came = self.page.socket.output_queue
        while not came.empty():
            message = came.get_nowait()
            assert message["type"] == "websocket.send", message
            self.frames.append(json.loads(message["text"]))


class LivePages(ActionMachine):
    """Pages receive what people do, in any order of steps. After `rest` they must have received everything."""

    valkey: redis.Redis

    def enter(self) -> None:
        self.valkey.flushall()

    def leave(self) -> None:
        async def close() -> None:
            for socket in self.sockets.values():
                await socket.cut()
            await self.board.close()

        self.runner.run(close())
        self.runner.close()
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)

    def settle(self) -> None:
        super().settle()
        for person in Person.objects.filter(pk__in=self.people):
            person.user = User.objects.create(username=person.handle)
            person.save(update_fields=["user"])
        for said in ({"#tides"}, {"#moon"}):
            self.publish_several([(author, 0) for author in range(5)], post=0, said=said)
        deliver_all()
        self.runner = asyncio.Runner()
        self.board = Switchboard(limits=SMALL)
        self.sockets = {
            viewer: Socket("" if viewer is None else session_of(self.person(viewer))) for viewer in VIEWERS
        }
        self.pages: list[Watched] = []
        self.asked: set[str] = set()  # pages that sent `watch` and have no answer yet
        self.names = 0
        self.known = set(Activity.objects.values_list("pk", flat=True))
        self.start_recording()

    def start_recording(self) -> None:
        """Everything is delivered: record from now on which posts a viewer could read at some time, and always."""
        self.readable = {viewer: self.may_read(viewer) for viewer in VIEWERS}
        self.always = dict(self.readable)
        for page in self.pages:
            page.lately, page.is_new = set(page.stands), False

    def may_read(self, viewer: int | None) -> set[int]:
        person = None if viewer is None else self.person(viewer)
        return set(readable_by(person).values_list("pk", flat=True))

    @invariant()
    def note(self) -> None:
        acts = Activity.objects.exclude(pk__in=self.known).in_bulk()
        if acts:
            self.note_change(acts)

    def note_change(self, acts: dict[int, Activity]) -> None:
        self.known |= acts.keys()
        for viewer in VIEWERS:
            now = self.may_read(viewer)
            self.readable[viewer] = self.readable[viewer] | now
            self.always[viewer] = self.always[viewer] & now
        for page in self.pages:
            page.note(acts)

    # The pages

    def load_again(self, page: Watched) -> None:
        self.send_leave(page)
        page.client = Client(self.new_name(), page.client.viewer, page.client.place)
        page.begin()
        self.say(page)

    def new_name(self) -> str:
        self.names += 1
        return f"page{self.names}"

    def send_leave(self, page: Watched) -> None:
        self.asked.discard(page.client.name)
        if (socket := self.socket_of(page)) is not None:
            self.run(socket.say({"v": 1, "type": "leave", "page": page.client.name}))

    def id_of(self, viewer: int | None) -> int | None:
        return None if viewer is None else self.people[viewer]

    def index_of(self, page: Watched) -> int | None:
        viewer = page.client.viewer
        return None if viewer is None else self.people.index(viewer)

    def of(self, viewer: int | None) -> list[Watched]:
        return [page for page in self.pages if page.client.viewer == self.id_of(viewer)]

    def socket_of(self, page: Watched) -> Page | None:
        return self.sockets[self.index_of(page)].page

    def say(self, page: Watched) -> None:
        if (socket := self.socket_of(page)) is not None:
            self.run(socket.say(page.client.watch))
            self.asked.add(page.client.name)

    # What arrives, and what must have arrived

    def run(self, work: Any) -> None:
        """Run the event loop until `work` is done; then pages take what has arrived."""
        self.runner.run(work)
        self.note()
        self.receive()

    def receive(self) -> None:
        for viewer, socket in self.sockets.items():
            socket.take()
            named = {page.client.name: page for page in self.of(viewer)}
            for frame in socket.frames:
                if (page := named.get(frame.get("page", ""))) is not None:
                    self.must_be_allowed(frame, page, viewer)
                    page.client.receive(frame)
            socket.frames.clear()

    def must_be_allowed(self, frame: Frame, page: Watched, viewer: int | None) -> None:
        """Its post was at the place, or could be read, at some moment since everything was last delivered."""
        match frame["type"]:
            case "entry" | "comment":
                assert int(frame["post"]) in self.readable[viewer], (frame, page.client.place)
                assert page.is_new or int(frame["id"]) in page.lately, (frame, page.client.place)
            case "changed" | "counts":
                assert int(frame["post"]) in self.readable[viewer], (frame, page.client.place)
            case "gone":
                assert int(frame["post"]) not in self.always[viewer], (frame, page.client.place)
            case "ready" | "more":
                self.asked.discard(page.client.name)

    def rest(self) -> None:
        """Wait until each connected page has received everything that was announced."""
        self.note()
        for _round in range(5):
            self.runner.run(self.all_answered())
            self.run(settled(self.board))
            again = [page for page in self.pages if page.client.wants_load]
            for page in again:
                self.load_again(page)
            if not again:
                break
        assert not again, "pages are asked to load again, without end"
        if not Delivery.objects.filter(kind=publisher.KIND).exists():
            self.start_recording()

    async def all_answered(self) -> None:
        def answered() -> bool:
            for socket in self.sockets.values():
                socket.take()
            came = {
                frame.get("page") for one in self.sockets.values() for frame in one.frames if "since" in frame
            }
            return self.asked <= came

        await until(answered, "all pages have an answer")

    def check(self) -> None:
        self.note()
        self.rest()
        while Delivery.objects.update(leased_until=None):
            deliver_all()
            self.rest()
        for page in self.pages:
            if self.socket_of(page) is not None:
                must_show(page)
        self.counters_must_be_right()

    def counters_must_be_right(self) -> None:
        """Wait for them: they are sent at most twice a second."""
        wanted, shown = {}, {}
        for page in self.pages:
            if self.socket_of(page) is not None:
                for post in Post.objects.filter(pk__in=page.client.counts).filter(pk__in=page.surely_shown):
                    wanted[page.client.name, post.pk] = (post.comments_count, post.reshares_count)
                    shown[page.client.name, post.pk] = page.client.counts[post.pk]

        def are_right() -> bool:
            for socket in self.sockets.values():
                socket.take()
                for frame in socket.frames:
                    if frame["type"] == "counts":
                        shown[frame["page"], int(frame["post"])] = (frame["comments"], frame["reshares"])
            return shown | wanted == shown

        self.run(until(are_right, "counters are right"))
