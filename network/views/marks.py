"""Marks on a post: thanks, saving, passing on, voting. Each is taken back at the same address with undo=1."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.actions import bookmarks, likes, polls, reshares
from network.errors import Invalid, NotVisible
from network.forms.edits import ReshareForm
from network.limits import ensure_within, limited
from network.queries import posts as queries
from network.queries import thanks as thanks_queries
from network.views import partials, preserved_forms
from network.views.decorators import AsPerson, cursor, is_undo, person_required
from network.views.posts import attempt, publish, said


@require_POST
@person_required
@limited("mark")
def like(request: AsPerson, post_id: int) -> HttpResponse:
    post = queries.find(request.person, post_id)
    if is_undo(request):
        likes.unlike(request.person, post)
    else:
        likes.like(request.person, post)
    return partials.marked(request, post)


@require_POST
@person_required
@limited("mark")
def save(request: AsPerson, post_id: int) -> HttpResponse:
    post = queries.find(request.person, post_id)
    if is_undo(request):
        bookmarks.remove(request.person, post)
    else:
        bookmarks.save(request.person, post)
    return partials.marked(request, post)


@require_http_methods(["GET", "HEAD", "POST"])
@preserved_forms.kept_until_signed_in
@preserved_forms.given_back
def reshare(request: AsPerson, post_id: int) -> HttpResponse:
    """Pass a post on: without words at once, with words as a post of one's own that quotes it."""
    post = queries.find(request.person, post_id)
    if request.method != "POST":
        return _reshare_page(
            request, ReshareForm(request.person, post, preserved_forms.kept(request, request.person))
        )
    if is_undo(request):
        reshares.undo(request.person, post)
        return partials.marked(request, post)
    if not request.POST.get("text", "").strip():
        ensure_within("mark", request)
        reshares.reshare(request.person, post)
        return partials.marked(request, post)
    form = ReshareForm(request.person, post, request.POST)
    made, status = attempt(form, lambda: publish(request, form.draft(quotes=post)))
    return _reshare_page(request, form, status) if made is None else said(request, made, form)


@require_POST
@person_required
@limited("mark")
def vote(request: AsPerson, post_id: int) -> HttpResponse:
    post = queries.find(request.person, post_id)
    chosen = request.POST.getlist("option")
    if not all(raw.isascii() and raw.isdecimal() and len(raw) < 4 for raw in chosen):
        raise Invalid(_("Choose an option first."))
    polls.vote(request.person, post, {int(raw) for raw in chosen})
    if not getattr(request, "htmx", False):
        return partials.marked(request, post)
    shown = partials.shown_to(request.person, post.pk)
    return render(request, "posts/_poll.html", {"shown": shown, "poll": shown.poll})


@require_safe
@person_required
def thanks(request: AsPerson, post_id: int) -> HttpResponse:
    """Who thanked for a post, and how many: for its author alone."""
    post = queries.find(request.person, post_id)
    if post.author_id != request.person.pk:
        raise NotVisible
    page = thanks_queries.find_page(request.person, post, cursor(request, "before"))
    return render(request, "posts/thanks.html", {"post": post, "page": page})


def _reshare_page(request: AsPerson, form: ReshareForm, status: int = 200) -> HttpResponse:
    shown = partials.shown_to(request.person, form.quotes.pk)
    return render(request, "posts/reshare.html", {"form": form, "shown": shown}, status=status)
