"""The forms to edit a post and to reshare one with a text."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from network.actions.drafts import Draft
from network.actions.edits import NARROWING
from network.forms.places import GROUP, NAMED, PLACES
from network.forms.posts import PostForm
from network.models import Group, Person, Post
from network.queries import groups
from network.text import parse


class EditForm(PostForm):
    """Edit a post. Its audience can only become narrower; a comment has the audience of its thread."""

    FIELDS_OF_ROOTS = ("title", "topics", "place", "commenting", "options", "multiple")

    def __init__(self, person: Person, post: Post, data: Any = None) -> None:
        super().__init__(person, data=data, initial=_initial(post))
        for name in ("to", "open_for", "key", "destination"):
            del self.fields[name]
        self.post = post
        self.draft_name = f"edit-{post.pk}"
        if not post.is_root:
            for name in self.FIELDS_OF_ROOTS:
                del self.fields[name]
            return
        self.place_field.offer(_allowed_places(post), _group_of(person, post))
        if not hasattr(post, "poll"):
            del self.fields["options"], self.fields["multiple"]

    def draft(self, quotes: Post | None = None) -> Draft:
        if self.post.is_root:
            return super().draft(quotes)
        data = self.cleaned_data
        return Draft(data["text"], summary=data["summary"], language=data["language"] or self.person.language)


class ReshareForm(PostForm):
    """Reshare a post; without a text it is a plain reshare."""

    def __init__(self, person: Person, post: Post, data: Any = None) -> None:
        super().__init__(person, data=data)
        self.quotes = post
        self.draft_name = f"reshare-{post.pk}"
        for name in (
            "title",
            "topics",
            "summary",
            "to",
            "language",
            "commenting",
            "options",
            "multiple",
            "open_for",
            "destination",
        ):
            del self.fields[name]
        self.fields["text"].required = False
        self.fields["text"].label = _("Your words")
        if post.thread.group is not None:
            self.place_field.offer([], _group_of(person, post.thread))


def _group_of(person: Person, post: Post) -> list[Group]:
    """Return the group of a post; without its name where its author may no longer see it."""
    if post.group is None:
        return []
    is_seen = groups.visible_to(person).filter(pk=post.group_id).exists()
    return [post.group if is_seen else Group(pk=post.group_id, name=_("A group that you are not in"))]


def _allowed_places(post: Post) -> list[tuple[Any, Any]]:
    places = [*PLACES, NAMED]
    if post.audience not in NARROWING:
        return [place for place in places if place[0] == post.audience]
    return list(PLACES[NARROWING.index(Post.Audience(post.audience)) :])


def _topics_without_hashtag(post: Post) -> list[str]:
    """Return the topics of a post that are not hashtags in its text."""
    names = post.about.order_by("pk").values_list("topic__name", flat=True)
    hashtags = parse(post.text).hashtags
    return [name.replace("_", " ") for name in names if name not in hashtags]


def _initial(post: Post) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "title": post.title,
        "text": post.text,
        "summary": post.summary,
        "language": post.language,
        "commenting": post.commenting,
        "topics": ", ".join(_topics_without_hashtag(post)),
        "place": post.audience if post.group_id is None else f"{GROUP}{post.group_id}",
    }
    if hasattr(post, "poll"):
        initial["options"] = [option.text for option in post.poll.options.all()]
        initial["multiple"] = post.poll.multiple
    return initial
