"""The one signal that leaves the domain. It is sent after commit, in the process that wrote."""

from django.dispatch import Signal

# Sent with `activity: Activity`. Receivers may fail without hurting what was written: all that they do
# is owed as Delivery rows, and the sweeper finishes it.
activity_recorded = Signal()
