"""The numbers that bound live pages: how many, how much, how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one process. The switchboard passes them to its parts; tests pass smaller ones.

    Plain numbers of time are seconds, and sizes are bytes.
    """

    # Connections
    sockets_per_person: int = 10
    queued_messages: int = 300  # for one paused connection; after them it catches up from the beginning
    longest_stall: float = 60.0  # until a socket that does not read is closed
    closed_at_once: int = 20  # connections in each 10 ms, when the process ends

    # The subscription to Redis
    heartbeat: float = 5.0  # between two checks that Redis still answers
    answer_within: float = 5.0
    longest_retry: float = 5.0
    remembered_messages: int = 1024  # to drop a message that comes by several channels
    session_check: float = 60.0  # between two checks for sessions that ended without an announcement

    # Catching up
    catch_up_at_once: int = 50  # connections
    counter_interval: float = 0.5

    # Replay. Ids are drawn before they are committed, and what a process took on and died with is announced
    # when its lease is over and the sweeper comes round (45 s). So a replay reaches back by `overlap`.
    overlap: timedelta = timedelta(seconds=60)
    announced_within: timedelta = timedelta(seconds=10)  # what is newer may be replayed and announced then
    replayed_frames: int = 100  # past them, or past the bytes, the page is told to load again
    replayed_bytes: int = 32 * 1024
    candidates: int = 300  # activities for one page
    read_at_once: int = 120  # of the candidates; most pages have room for no more

    # Presence
    announce_every: float = 4.0  # while nothing changes
    forgotten_after: float = 10.0  # a process that announces nothing, with its people
    writing_for: float = 6.0  # after a page says that somebody writes
    roster_interval: float = 1.0  # between two rosters for one page
    announced_people: int = 200  # of one process in one group
    named_people: int = 12


LIMITS = Limits()
