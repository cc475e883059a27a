"""Edit a post, show its history, delete it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.actions import edits, posts
from network.errors import NotVisible
from network.forms.edits import EditForm
from network.limits import ensure_within, limited
from network.models import Person, Post, Revision
from network.queries import posts as queries
from network.views import partials, preserved_forms
from network.views.decorators import PersonRequest, SeeOther, cursor, person_required
from network.views.posts import as_initial, previewed
from network.views.submit import submit
from network.views.threads import post_url, url_without


@require_http_methods(["GET", "HEAD", "POST"])
@preserved_forms.preserve_form
@preserved_forms.return_text_on_error
def edit(request: PersonRequest, post_id: int) -> HttpResponse:
    post = _own(request.person, post_id)
    if request.method != "POST":
        return _edit_page(
            request, EditForm(request.person, post, preserved_forms.preserved(request, request.person))
        )
    if "preview" in request.POST:
        form = EditForm(request.person, post)
        form.initial = {**form.initial, **as_initial(request)}
        return render(request, "posts/edit.html", {"form": form, "post": post, **previewed(request)})
    form = EditForm(request.person, post, request.POST)

    def change() -> Post:
        ensure_within("post", request)
        return edits.edit(request.person, post, form.draft())

    changed, status = submit(form, change)
    if changed is None:
        return _edit_page(request, form, status)
    messages.success(request, _("Changed."), extra_tags=f"draft:edit-{post.pk}")
    return SeeOther(post_url(request.person, post))


@require_safe
def history(request: PersonRequest, post_id: int) -> HttpResponse:
    """Show the earlier versions of a post to everyone who may read it."""
    shown = partials.shown_to(request.person, post_id)
    revisions = Revision.objects.filter(post=post_id).order_by("-pk")
    if (before := cursor(request, "before")) is not None:
        revisions = revisions.filter(pk__lt=before)
    page = list(revisions[:21])
    older = page[19].pk if len(page) > 20 else None
    return render(request, "posts/history.html", {"shown": shown, "revisions": page[:20], "older": older})


@require_POST
@person_required
@limited("post")
def purge(request: PersonRequest, post_id: int, revision_id: int) -> HttpResponse:
    """Delete one earlier version of an own post from its history."""
    post = _own(request.person, post_id)
    revision = get_object_or_404(Revision.objects.select_related("post"), pk=revision_id, post=post)
    edits.purge(request.person, revision)
    return SeeOther(reverse("post_history", args=[post.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
@limited("post")
def delete(request: PersonRequest, post_id: int) -> HttpResponse:
    """Show a confirmation page; a POST deletes the post."""
    post = _own(request.person, post_id)
    if request.method != "POST":
        return render(request, "posts/delete.html", {"shown": partials.shown_to(request.person, post.pk)})
    posts.delete(request.person, post)
    messages.success(request, _("It is deleted, here and everywhere."))
    return SeeOther(url_without(request, post))


def _own(person: Person, post_id: int) -> Post:
    post = queries.find(person, post_id)
    if post.author_id != person.pk:
        raise NotVisible
    return post


def _edit_page(request: PersonRequest, form: EditForm, status: int = 200) -> HttpResponse:
    return render(request, "posts/edit.html", {"form": form, "post": form.post}, status=status)
