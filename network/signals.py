"""The signals that leave the domain. They are sent after commit, in the process that wrote."""

from django.dispatch import Signal

# Sent with `activity: Activity`. Receivers may fail without hurting what was written: all that they do
# is owed as Delivery rows, and the sweeper finishes it.
activity_recorded = Signal()

# Sent with `person: Person` and `posts: Collection[int]` when somebody opened a page of a thread: the ids of
# the root and the comments that it showed.
thread_opened = Signal()
