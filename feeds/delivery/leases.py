"""Leases: one worker at a time does a job, and another may do it when the worker died or failed.

A job is a row of a model with `leased_until` and `tries` (network.models.jobs.LeasedJob). It is free when it
has no lease, or when its lease has expired. A worker takes it, does it, and deletes it; or it lets the job
wait after a failure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.db.models import F, Manager, Q, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from network.models.jobs import LeasedJob

Job = TypeVar("Job", bound=LeasedJob)

MAX_TRIES = 32767  # what the column holds


@dataclass(frozen=True)
class Leases(Generic[Job]):
    """The leases on the jobs of a model, which `jobs` manages.

    A worker has `duration` to do a job. After the first failure a job waits for `first_pause`, after each
    further one twice as long, up to `longest_pause`.
    """

    jobs: Manager[Job]
    duration: timedelta
    first_pause: timedelta
    longest_pause: timedelta

    def free(self) -> QuerySet[Job]:
        """The jobs that no worker has and that need not wait."""
        now = timezone.now()
        # No lease ends later than this, unless the clock was set back after it was given.
        latest = now + max(self.duration, self.longest_pause)
        leased = Q(leased_until__range=(now, latest))
        return self.jobs.filter(Q(leased_until=None) | ~leased)

    def take(self, jobs: Iterable[Job], unchanged: Q | None = None) -> list[Job]:
        """Lease those of some jobs that are free, and match `unchanged` if it is given. Returns these.

        Taking a job counts as a try. One query, and a second one where some of the jobs were not free.
        """
        wanted = list(jobs)
        if not wanted:  # spare the query
            return []
        until = timezone.now() + self.duration
        ids = [job.pk for job in wanted]
        free = self.free().filter(unchanged or Q(), pk__in=ids)
        taken = free.update(leased_until=until, tries=Least(F("tries") + 1, MAX_TRIES))
        if not taken:
            return []
        if taken < len(wanted):
            ours = set(self.jobs.filter(pk__in=ids, leased_until=until).values_list("pk", flat=True))
            wanted = [job for job in wanted if job.pk in ours]
        for job in wanted:
            job.leased_until, job.tries = until, min(job.tries + 1, MAX_TRIES)
        return wanted

    def give_back(self, job: Job) -> None:
        """Free a job that could not be tried. This does not count as a try. One query."""
        self.jobs.filter(pk=job.pk).update(leased_until=None, tries=job.tries - 1)

    def delay(self, job: Job) -> None:
        """Let a job wait after a failure. One query."""
        self.jobs.filter(pk=job.pk).update(leased_until=self.next_try(job))

    def next_try(self, job: Job) -> datetime:
        """When a job that failed now may be tried again."""
        return timezone.now() + self.pause(job.tries)

    def pause(self, tries: int) -> timedelta:
        """How long a job waits after so many tries."""
        doublings = min(max(tries - 1, 0), 30)  # more would be too great for a timedelta
        factor: int = 2**doublings
        return min(self.first_pause * factor, self.longest_pause)
