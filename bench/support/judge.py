"""Check what pages received: no frame is missing, doubled, or forbidden."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.support.history import History, Place, Question, ever
from bench.support.journal import Act
from network import ids

# The events of a page, as in its log.
ENTRY, OTHER, READY, MORE, OPENED, LOST = range(6)
DUE, CAME, HERE = 1, 2, 4  # bits of an entry, for each page; HERE: received on the current connection

LATE = 1.0  # seconds in which a person may still receive an entry after losing the right to it
GRACE = 5.0  # seconds after which a connected page must have received an entry
OVERLAP = 60.0 + 10.0  # seconds: the overlap of a catch-up, and the longest pause of a page before it
BURST, MOST = 1.0, 100  # the seconds and the number of entries of a catch-up, at most
SEAM = 5.0  # seconds within which a new post is announced
SHOWN = 5  # the number of faults of each kind that are described

ANEW = bytes(bits & ~HERE for bits in range(256))  # for bytes.translate

Event = tuple[int, int, int, float]  # page, event, id or 0, and time


@dataclass
class Page:
    """The place that a person watched, and what the page received."""

    person: int
    place: Place
    flags: bytearray
    is_open: bool = False
    loaded: int = 0  # the newest id that a `more` frame contained
    ready_at: float | None = None
    times: list[tuple[float, float]] = field(default_factory=list)  # when it was ready: start, end
    # The last frames with rising ids; those of them that are repeats; the ids of the last catch-up.
    run: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=MOST))
    repeats: list[tuple[int, float]] = field(default_factory=list)
    resumed: set[int] = field(default_factory=set)

    def told_by(self, at: float) -> float | None:
        """The time until which a page must have received an event. None if it was disconnected before."""
        starts = (max(at, begin) for begin, end in self.times if end - max(at, begin) >= GRACE)
        return min((start + GRACE for start in starts), default=None)


class Judge:
    """Processes all acts and events once, in order of time."""

    def __init__(
        self, acts: Sequence[Act], pages: Sequence[tuple[int, Place]], keys: Mapping[str, int]
    ) -> None:
        self.acts, self.keys = acts, keys
        self.ids = sorted(
            now["id"] for act in acts for what, _, now in act.changes if now and what == "network_activity"
        )
        self.numbers = {id: number for number, id in enumerate(self.ids)}
        self.pages = [Page(*page, bytearray(len(self.numbers))) for page in pages]
        self.history = History()
        self.published: dict[int, float] = {}
        self.over: dict[int, float] = {}  # people without a session, until they sign in again
        self.late: list[Question] = []
        self.counted: Counter[str] = Counter()
        self.described: list[str] = []

    def go_through(self, log: Iterable[Event], end: float) -> None:
        """Set `counted`, and describe the first faults."""
        coming = deque(self.acts)
        for page, what, id, at in log:
            while coming and coming[0].at <= at:
                self._act(coming.popleft())
            self._hear(self.pages[page], what, id, at)
        for act in coming:
            self._act(act)
        for one in self.pages:
            if one.ready_at is not None:
                one.times.append((one.ready_at, end))
        self._weigh_late()
        self._weigh_missing()

    def _act(self, act: Act) -> None:
        for what, was, _now in act.changes:
            if was and what == "django_session" and was["session_key"] in self.keys:
                self.over[self.keys[was["session_key"]]] = act.at
        for id in self.history.apply(act):
            self.published[id] = act.at
            number = self.numbers[id]
            for page in self.pages:
                if page.is_open and self.history.stands(page.person, page.place, id):
                    if self.history.admits(page.person, page.place, id):
                        page.flags[number] |= DUE
                        self.counted["due"] += 1
                    else:
                        self.counted["kept out"] += 1

    def _hear(self, page: Page, what: int, id: int, at: float) -> None:
        if what <= OTHER and id not in self.numbers:
            self._fault("forbidden", f"{page.person} was told {id}, which is nothing")
        elif what <= OTHER:
            self._take(page, id, at)
            if what == ENTRY and not self.history.belongs(page.person, page.place, id):
                self.late.append(Question(at - LATE, at, page.person, page.place, id, belonged=True))
            if at > self.over.get(page.person, at) + LATE:
                self._fault("forbidden", f"{page.person} was told {id} by a session that is over")
        elif what == OPENED:
            page.is_open = True
            page.flags = page.flags.translate(ANEW)
            page.resumed = set()
            self.over.pop(page.person, None)
        elif what == LOST:
            if page.ready_at is not None:
                page.times.append((page.ready_at, at))
            page.ready_at = None
            self._end_run(page, at - BURST)  # it may have been cut during a catch-up
        else:
            page.ready_at = page.ready_at or at
            if what == MORE:
                page.loaded = id
                self.counted["more"] += 1
            resumed = {received for received, came in page.run if came >= at - BURST}
            self._end_run(page, at - BURST, at - OVERLAP)
            page.resumed = resumed

    def _take(self, page: Page, id: int, at: float) -> None:
        """Record a frame. A catch-up sends rising ids and then READY. Nothing else may repeat an entry."""
        number = self.numbers[id]
        if page.run and id <= page.run[-1][0]:
            self._end_run(page, at)
        page.run.append((id, at))
        if page.flags[number] & HERE:
            page.repeats.append((id, at))
        self.counted["told"] += 1
        page.flags[number] |= CAME | HERE

    def _end_run(self, page: Page, since: float, oldest: float = 0.0) -> None:
        """Count the repeats of a run as faults, unless they came after `since` and are newer than `oldest`.

        An entry may be announced just after a catch-up has sent it. Such repeats are counted separately.
        """
        for id, came in page.repeats:
            if came >= since and ids.at(id).timestamp() >= oldest:
                continue
            said = f"{page.person} at {page.place} was told {id} again"
            late = came - self.published.get(id, came)
            kind = "at the seam" if id in page.resumed and late < SEAM else "doubled"
            self._fault(kind, f"{said}, {late:.2f} s after it was written")
        page.repeats = []
        page.run.clear()

    def _weigh_late(self) -> None:
        allowed = ever(self.acts, self.late)
        self.counted["just allowed"] = len(allowed)
        for one in self.late:
            if one not in allowed:
                self._fault("forbidden", f"{one.person} at {one.place} was told {one.id}")

    def _weigh_missing(self) -> None:
        missing = []
        for page in self.pages:
            for number, bits in enumerate(page.flags):
                if bits & (DUE | CAME) != DUE:
                    continue
                id = self.ids[number]
                at = self.published[id]
                told_by = page.told_by(at)
                if id <= page.loaded:
                    self.counted["loaded"] += 1
                elif told_by is None:
                    self.counted["left"] += 1
                else:
                    missing.append(Question(at, told_by, page.person, page.place, id, belonged=False))
        excused = ever(self.acts, missing)
        self.counted["excused"] = len(excused)
        for one in missing:
            if one not in excused:
                self._fault("missed", f"{one.person} at {one.place} missed {one.id} until {one.end:.1f}")

    def _fault(self, kind: str, description: str) -> None:
        self.counted[kind] += 1
        if self.counted[kind] <= SHOWN:
            self.described.append(f"{kind}: {description}")
