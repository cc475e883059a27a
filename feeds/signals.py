"""The signal of feeds, sent after the commit by the process that delivered."""

from django.dispatch import Signal

# Sent with `people: list[int]`, `kind: str` and `id: int`.
# Kind "notifications": the people have new ones of the activity `id`, or with 0 have read some.
# Kind "read": a person has read the feed with the id `feed` up to the id `id`.
# A receiver may fail: the database has everything.
delivered = Signal()
