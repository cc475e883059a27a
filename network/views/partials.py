"""Parts of pages, for htmx and for frames."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django_htmx.http import HttpResponseClientRefresh

from network.errors import NotVisible
from network.models import Person, Post
from network.queries.showing import Card, Shown, neutral, show
from network.queries.threads import Comment
from network.templatetags import cards
from network.views.decorators import SeeOther, local_path, next_url

PART_PAGE = re.compile(r"/posts/\d+/(menu|why)(\?|\Z)")  # what a card holds closed, as a page of its own


def shown_to(viewer: Person | None, post_id: int) -> Shown:
    """One post as `viewer` is shown it. Raises NotVisible."""
    found = show(viewer, [post_id]).get(post_id)
    if found is None:
        raise NotVisible
    return found


def comment(shown: Shown) -> Comment:
    """A comment by itself, with nothing under it."""
    return Comment(shown.post.pk, shown.post.parent_id or 0, shown)


def neutral_comment(post_id: int) -> str | None:
    """The HTML of a comment for a live frame: the same for every reader. None where it is gone."""
    shown = neutral(post_id)
    return None if shown is None else render_to_string("posts/_comment.html", {"comment": comment(shown)})


def marked(request: HttpRequest, post: Post) -> HttpResponse:
    """After a mark was set or taken back: the part of the card that shows it, or the page it was on."""
    if not getattr(request, "htmx", False):
        return SeeOther(at(next_url(request, post.get_absolute_url()), post))
    target = request.headers.get("HX-Target", "")
    if target.startswith("acts"):  # a page of an earlier release: it has no form for the buttons of today
        return HttpResponseClientRefresh()
    shown = shown_to(getattr(request, "person", None), post.pk)
    if target.startswith("menu"):
        return render(request, "posts/_menu.html", {"shown": shown, "back": opened_from(request, post)})
    return HttpResponse(cards.acts(shown))


def at(page: str, post: Post) -> str:
    """The URL of a page, completed with the place of a post where it ends in "#".

    The form that all cards of a page share cannot name one of them.
    """
    return f"{page}{'p' if post.is_root else 'c'}{post.pk}" if page.endswith("#") else page


def opened_from(request: HttpRequest, post: Post) -> str:
    """The page on which a part of a post was asked for.

    Its thread where the browser names no page of this site, or the page of such a part.
    """
    came = request.headers.get("HX-Current-URL" if getattr(request, "htmx", False) else "Referer", "")
    page = local_path(request, came)
    return page if page and not PART_PAGE.match(page) else post.get_absolute_url()


def part(request: HttpRequest, viewer: Person | None, post_id: int) -> HttpResponse:
    """One post or comment as the viewer is shown it, without a page around it."""
    shown = shown_to(viewer, post_id)
    if shown.post.is_root:
        return render(request, "posts/_card.html", {"card": Card(shown)})
    return render(request, "posts/_comment.html", {"comment": comment(shown)})
