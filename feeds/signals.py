"""The one signal that leaves this room. It is sent after commit, in the process that delivered."""

from django.dispatch import Signal

# Sent with `people: list[int]`, `kind: str` and `id: int`. Kind is "notifications", and `id` the activity
# that reached them, or 0 where they read what had; or it is "read", and `id` is how far somebody has read
# the feed whose id is `feed`. Receivers may fail: what was delivered is read from the database all the same.
delivered = Signal()
