"""Saying something: the page to write on, what is sent from it, and how it will look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network import ids
from network.actions import drafts, posts
from network.errors import Invalid, KithError, NotVisible
from network.forms.posts import GROUP, CommentForm, PostForm
from network.limits import ensure_within, limited
from network.models import Person, Post
from network.queries import groups as group_queries
from network.queries import posts as queries
from network.views import keeping
from network.views.asking import AsPerson, SeeOther, person_required
from network.views.threads import address

R = TypeVar("R")


@require_safe
@person_required
def compose(request: AsPerson) -> HttpResponse:
    """The page to write on: a post, or with `parent` an answer to one."""
    waiting = keeping.kept(request, request.person)
    if "parent" in request.GET:
        parent = _find(request.person, request.GET["parent"])
        return _answer_page(request, CommentForm(request.person, waiting), parent)
    return _compose_page(request, PostForm(request.person, waiting, initial=_asked_for(request)))


@require_POST
def create(request: Any) -> HttpResponse:
    """Say what a form holds, once for its key; text that cannot be taken comes back with the reason."""
    if not request.user.is_authenticated:
        return keeping.keep(request, _page_of(request))
    return _create(request)


@person_required
def _create(request: AsPerson) -> HttpResponse:
    if request.POST.get("parent"):
        return _comment(request)
    form = PostForm(request.person, request.POST)
    post, status = attempt(form, lambda: publish(request, form.draft()))
    return _compose_page(request, form, status) if post is None else said(request, post)


@require_POST
@limited("preview")
def preview(request: Any) -> HttpResponse:
    """How a text will look: a part for htmx; without, the page with the form as it was sent."""
    if not request.user.is_authenticated and not getattr(request, "htmx", False):
        return keeping.keep(request, reverse("compose"))
    return _preview(request)


@person_required
def _preview(request: AsPerson) -> HttpResponse:
    if getattr(request, "htmx", False):
        return render(request, "posts/_preview.html", previewed(request))
    form = PostForm(request.person, initial=as_initial(request))
    return render(request, "posts/compose.html", {"form": form, **previewed(request)})


def previewed(request: AsPerson) -> dict[str, str]:
    """How the text that was sent will look, or why it cannot be taken."""
    try:
        return {"preview": drafts.preview(request.person, request.POST.get("text", ""))}
    except Invalid as error:
        return {"trouble": str(error)}


def attempt(form: forms.Form, act: Callable[[], R]) -> tuple[R | None, int]:
    """What `act` gives with a valid form, or None, a form that says why, and the status of the answer."""
    if not form.is_valid():
        return None, Invalid.status
    try:
        return act(), 200
    except KithError as error:
        form.add_error(None, str(error))
        return None, error.status


def publish(request: AsPerson, draft: drafts.Draft) -> Post:
    """Publish within the limit of posts. Raises what `actions.posts.publish` does, and TooMany."""
    ensure_within("post", request)
    return posts.publish(request.person, draft)


def said(request: AsPerson, post: Post) -> HttpResponse:
    """To what was just said, and word to the browser that its draft may go."""
    draft = request.POST.get("draft", "")[:80]
    words = _("Your post is here.") if post.is_root else _("Your comment is here.")
    messages.success(request, words, extra_tags=f"draft:{draft}")
    return SeeOther(address(request.person, post))


def _comment(request: AsPerson) -> HttpResponse:
    form = CommentForm(request.person, request.POST)
    try:
        parent = _find(request.person, request.POST["parent"])
    except NotVisible as error:
        form.add_error(None, str(error))
        return _answer_page(request, form, None, error.status)
    comment, status = attempt(form, lambda: publish(request, form.draft(parent)))
    return _answer_page(request, form, parent, status) if comment is None else said(request, comment)


def _find(person: Person, raw: str) -> Post:
    post_id = ids.parse(raw)
    if post_id is None:
        raise NotVisible
    return queries.find(person, post_id)


def _page_of(request: HttpRequest) -> str:
    """The page on which the form that was sent can be filled in again."""
    parent = ids.parse(request.POST.get("parent"))
    return reverse("compose") + (f"?parent={parent}" if parent is not None else "")


def _asked_for(request: AsPerson) -> dict[str, Any]:
    """What a link to the page fills in beforehand: text, a group by slug, people by handle."""
    asked: dict[str, Any] = {"text": request.GET.get("text", "")[:1000]}
    if request.GET.get("place") == Post.Audience.DIRECT:
        asked["place"] = Post.Audience.DIRECT
    if to := request.GET.get("to", "")[:100]:
        asked |= {"to": f"@{to.lstrip('@')}", "place": Post.Audience.DIRECT}
    if slug := request.GET.get("group", ""):
        asked["place"] = f"{GROUP}{group_queries.find(request.person, slug).pk}"
    return asked


def as_initial(request: HttpRequest) -> dict[str, Any]:
    """What was filled in but is not sent yet: what is missing is not held against it."""
    return {name: values if name == "options" else values[-1] for name, values in request.POST.lists()}


def _compose_page(request: AsPerson, form: PostForm, status: int = 200) -> HttpResponse:
    return render(request, "posts/compose.html", {"form": form}, status=status)


def _answer_page(
    request: AsPerson, form: CommentForm, parent: Post | None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "parent": parent}
    if parent is not None:
        context["closed"] = closed = queries.why_not_comment(request.person, parent.thread)
        context["presence"] = not closed and group_queries.shows_presence(request.person, parent.thread.group)
    return render(request, "posts/answer.html", context, status=status)
