"""Signals of the domain. They are sent after commit, in the process that wrote."""

from django.dispatch import Signal

# Sent with `activity: Activity`. A receiver may fail: its work is also stored as Delivery rows, and the
# sweeper finishes it.
activity_recorded = Signal()

# Sent with `person: Person` and `posts: Collection[int]` when a person opens a page of a thread: the ids of
# the root and the comments that it shows.
thread_opened = Signal()
