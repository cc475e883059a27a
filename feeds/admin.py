"""The models of feeds that staff may read on /admin/."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model

from feeds.models import Letter, Notification
from network.administration import Shown


@admin.register(Notification)
class NotificationAdmin(Shown):
    """Who is notified, and by which ways; not of what, and not whether they read it."""

    list_display = ("id", "person", "kind", "at", "in_kith", "by_mail")
    list_filter = ("kind", "in_kith", "by_mail")
    list_select_related = ("person",)
    ordering = ("-id",)
    found_by = ("person__handle",)
    fields = list_display

    def view_on_site(self, obj: Model) -> None:
        """No link: the address of a notice tells of what it is."""


@admin.register(Letter)
class LetterAdmin(Shown):
    list_display = ("id", "person", "kind", "due_at", "leased_until", "tries")
    list_filter = ("kind", ("leased_until", admin.EmptyFieldListFilter))
    list_select_related = ("person",)
    ordering = ("due_at",)
    found_by = ("person__handle",)
    fields = list_display
