"""The signal of feeds to other packages. It is sent after commit, in the process that delivered."""

from django.dispatch import Signal

# Sent with `people: list[int]`, `kind: str` and `id: int`. Kinds:
# - "notifications": `id` is the activity that notified them, or 0 after they read notifications.
# - "read": `id` is the entry up to which they have read the feed with the id `feed`.
# Receivers may fail: all of this is in the database.
delivered = Signal()
