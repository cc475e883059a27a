"""The page of a thread, and what its author does with comments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network.actions import threads
from network.errors import Invalid, NotVisible
from network.forms.posts import COMMENTING, CommentForm
from network.forms.watches import MUTE_DURATIONS, of_thread
from network.limits import limited
from network.models import Person, Post
from network.queries import groups
from network.queries import messages as message_queries
from network.queries import posts as queries
from network.queries import threads as thread_queries
from network.queries.threads import ThreadPage
from network.views import partials
from network.views.decorators import (
    PersonRequest,
    SeeOther,
    cursor,
    is_undo,
    is_visit,
    next_url,
    person_required,
)


def post_url(viewer: Person | None, post: Post) -> str:
    """Return the URL at which `viewer` finds a post: of a comment the page of its thread, at the comment."""
    if post.is_root:
        return post.get_absolute_url()
    place = thread_queries.place_of(viewer, post)
    page = "" if place.after is None else f"?after={place.after}"
    return f"{reverse('post', args=[place.thread])}{page}#c{post.pk}"


@require_safe
def show(request: Any, post_id: int) -> HttpResponse:
    """Show the thread of a root post; the URL of a comment redirects to its place in its thread."""
    try:
        page = thread_queries.find_page(request.person, post_id, cursor(request, "after"))
    except NotVisible:
        post = queries.find(request.person, post_id)
        if post.is_root:
            raise
        return redirect(post_url(request.person, post))
    response = render(request, "posts/thread.html", _context(request.person, page))
    if is_visit(request) and request.person is not None:
        threads.open_page(request.person, page)
    return response


@require_safe
def part(request: Any, post_id: int) -> HttpResponse:
    return partials.part(request, request.person, post_id)


@require_POST
@person_required
@limited("mark")
def hide(request: PersonRequest, post_id: int) -> HttpResponse:
    comment = queries.find(request.person, post_id)
    if is_undo(request):
        threads.show_comment(request.person, comment)
    else:
        threads.hide_comment(request.person, comment)
        messages.success(request, _("Only you and its author see that comment now."))
    return SeeOther(next_url(request, post_url(request.person, comment)))


@require_POST
@person_required
@limited("mark")
def commenting(request: PersonRequest, post_id: int) -> HttpResponse:
    post = queries.find(request.person, post_id)
    chosen = request.POST.get("commenting", "")
    if chosen not in Post.Commenting.values:
        raise Invalid(_("Choose who can comment."))
    threads.say_who_may_comment(request.person, post, Post.Commenting(chosen))
    messages.success(request, _("Saved. Comments that are here stay."))
    return SeeOther(next_url(request, post.get_absolute_url()))


def _context(viewer: Person | None, page: ThreadPage) -> dict[str, Any]:
    root = page.root
    context: dict[str, Any] = {"page": page, "commentings": COMMENTING, "addressees": ()}
    context["is_message"] = root is not None and root.post.audience == Post.Audience.DIRECT
    if root is None or viewer is None or root.marks is None:
        return context
    context |= {"watching": of_thread(root.marks.watch), "lasting": MUTE_DURATIONS}
    if root.post.audience == Post.Audience.DIRECT:
        context["addressees"] = message_queries.addressees(viewer, root.post)
    if root.marks.may_comment:
        context["form"] = CommentForm(viewer, root.post)
        context["presence"] = not page.newer and groups.shows_presence(viewer, root.post.group)
    else:
        context["closed"] = queries.why_not_comment(viewer, root.post)
    return context


def url_without(request: HttpRequest, post: Post) -> str:
    """Return the page to show after a post was deleted."""
    return next_url(request, reverse("home") if post.is_root else reverse("post", args=[post.thread_id]))
