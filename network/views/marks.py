"""Marks on a post: like, bookmark, reshare and vote. The same URL with undo=1 removes a mark."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.actions import bookmarks, likes, polls, reshares
from network.errors import Invalid, NotVisible
from network.forms.edits import ReshareForm
from network.limits import ensure_within, limited
from network.queries import likes as like_queries
from network.queries import posts as queries
from network.views import partials, preserved_forms
from network.views.decorators import PersonRequest, cursor, is_undo, person_required
from network.views.posts import publish, published
from network.views.submit import submit


@require_POST
@person_required
@limited("mark")
def like(request: PersonRequest, post_id: int) -> HttpResponse:
    post = queries.find(request.person, post_id)
    if is_undo(request):
        likes.unlike(request.person, post)
    else:
        likes.like(request.person, post)
    return partials.marked(request, post)


@require_POST
@person_required
@limited("mark")
def save(request: PersonRequest, post_id: int) -> HttpResponse:
    post = queries.find(request.person, post_id)
    if is_undo(request):
        bookmarks.remove(request.person, post)
    else:
        bookmarks.save(request.person, post)
    return partials.marked(request, post)


@require_http_methods(["GET", "HEAD", "POST"])
@preserved_forms.preserve_form
@preserved_forms.return_text_on_error
def reshare(request: PersonRequest, post_id: int) -> HttpResponse:
    """Reshare a post: without a text at once, with a text as a new post that quotes it."""
    post = queries.find(request.person, post_id)
    if request.method != "POST":
        return _reshare_page(
            request, ReshareForm(request.person, post, preserved_forms.preserved(request, request.person))
        )
    if is_undo(request):
        reshares.undo(request.person, post)
        return partials.marked(request, post)
    if not request.POST.get("text", "").strip():
        ensure_within("mark", request)
        reshares.reshare(request.person, post)
        return partials.marked(request, post)
    form = ReshareForm(request.person, post, request.POST)
    made, status = submit(form, lambda: publish(request, form.draft(quotes=post)))
    return _reshare_page(request, form, status) if made is None else published(request, made, form)


@require_POST
@person_required
@limited("mark")
def vote(request: PersonRequest, post_id: int) -> HttpResponse:
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
def thanks(request: PersonRequest, post_id: int) -> HttpResponse:
    """Show its author who liked a post."""
    post = queries.find(request.person, post_id)
    if post.author_id != request.person.pk:
        raise NotVisible
    page = like_queries.find_page(request.person, post, cursor(request, "before"))
    return render(request, "posts/thanks.html", {"post": post, "page": page})


def _reshare_page(request: PersonRequest, form: ReshareForm, status: int = 200) -> HttpResponse:
    shown = partials.shown_to(request.person, form.quotes.pk)
    return render(request, "posts/reshare.html", {"form": form, "shown": shown}, status=status)
