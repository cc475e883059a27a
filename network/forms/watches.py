"""The forms that set which posts of a thread, a person or a group give a notification."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from network.models import Follow, Stream, Watch

Level = Watch.Level

OF_THREAD = (
    (Level.ALL, _("All comments")),
    (Level.NAMED, _("Only where I am named")),
    (Level.NOTHING, _("Nothing")),
)
OF_STREAM = {
    Stream.Kind.PERSON: (
        (Level.ALL, _("Every post")),
        ("", _("The usual")),
        (Level.NOTHING, _("Nothing")),
    ),
    Stream.Kind.GROUP: (
        (Level.ALL, _("Every new thread")),
        ("", _("The usual")),
        (Level.NAMED, _("Only where I am named")),
        (Level.NOTHING, _("Nothing")),
    ),
}
# How long a thread is muted; the keys are those of `network.views.mutes.DURATIONS`.
MUTE_DURATIONS = (
    ("day", _("For a day")),
    ("week", _("For a week")),
    ("month", _("For 30 days")),
    ("", _("For good")),
)


class WatchForm(forms.Form):
    """The level of a watch."""

    level = forms.ChoiceField(label=_("Tell me about"), required=False)


def of_thread(level: str) -> WatchForm:
    """Return the form of a thread; the default level is NAMED."""
    return _form(OF_THREAD, level or Level.NAMED, "thread")


def of_stream(kind: str, stream_id: int, level: str) -> WatchForm:
    """Return the form of a person or a group."""
    return _form(OF_STREAM[Stream.Kind(kind)], level, str(stream_id))


def of_member(membership: Follow | None, level: str) -> WatchForm | None:
    """Return the form of a group for a member; None for others."""
    if membership is None or membership.state != Follow.State.ACCEPTED:
        return None
    return of_stream(Stream.Kind.GROUP, membership.stream_id, level)


def _form(choices: tuple[tuple[str, object], ...], level: str, id: str) -> WatchForm:
    form = WatchForm(initial={"level": level}, auto_id=f"watch-{id}-%s")
    form.fields["level"].choices = choices  # type: ignore[attr-defined]
    return form
