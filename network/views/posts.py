"""Write a post, a message or a comment: the page, its form, the preview."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network import ids
from network.actions import drafts, posts
from network.errors import Invalid, NotVisible
from network.forms import destinations
from network.forms.destinations import HOME, PEOPLE, Destination, Kind
from network.forms.messages import MessageForm
from network.forms.posts import CommentForm, PostForm
from network.limits import ensure_within, limited
from network.models import Person, Post
from network.queries import groups as group_queries
from network.queries import people, reach
from network.queries import posts as queries
from network.views import preserved_forms
from network.views.decorators import PersonRequest, SeeOther, person_required
from network.views.submit import submit
from network.views.threads import post_url


@require_safe
@person_required
@preserved_forms.return_text_on_error
def compose(request: PersonRequest) -> HttpResponse:
    """Show the form for a post or a message; with `parent`, for a comment."""
    fields = preserved_forms.preserved(request, request.person)
    if "parent" in request.GET:
        parent = _find(request.person, request.GET["parent"])
        return _answer_page(request, CommentForm(request.person, parent, fields))
    destination = _requested_destination(request)
    return compose_page(
        request, form_for(request.person, destination, fields, initial=_requested_text(request))
    )


@require_POST
def create(request: Any) -> HttpResponse:
    """Publish the form, once for its key, and only at the destination that it was made for.

    A form that is refused comes back with the reason.
    """
    if not request.user.is_authenticated:
        return preserved_forms.sign_in_with_form(request, _compose_url(request))
    return _create(request)


@person_required
@preserved_forms.return_text_on_error
def _create(request: PersonRequest) -> HttpResponse:
    destination = destinations.read(request.person, request.POST.get("destination", ""))
    if destination.kind == Kind.THREAD:
        return _comment(request, destination)
    if "parent" in request.POST:
        raise Invalid(_("This was begun as a post, not as an answer, so it was not sent."))
    form = form_for(request.person, destination, request.POST)
    post, status = submit(form, lambda: publish(request, form.draft()))
    return compose_page(request, form, status) if post is None else published(request, post, form)


@require_POST
@limited("preview")
def preview(request: Any) -> HttpResponse:
    """Show how a text will look: a partial for htmx; else the page with the form as it was sent."""
    if not request.user.is_authenticated and not getattr(request, "htmx", False):
        return preserved_forms.sign_in_with_form(request, reverse("compose"))
    return _preview(request)


@person_required
@preserved_forms.return_text_on_error
def _preview(request: PersonRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        return render(request, "posts/_preview.html", previewed(request))
    destination = destinations.read(request.person, request.POST.get("destination", ""))
    form = form_for(request.person, destination, initial=as_initial(request))
    return compose_page(request, form, preview=previewed(request))


def previewed(request: PersonRequest) -> dict[str, str]:
    """Return the rendered text of the form, or the reason why it is refused."""
    try:
        return {"preview": drafts.preview(request.person, request.POST.get("text", ""))}
    except Invalid as error:
        return {"trouble": str(error)}


def publish(request: PersonRequest, draft: drafts.Draft) -> Post:
    """Publish within the rate limit of posts. Raises TooMany, and what `actions.posts.publish` raises."""
    ensure_within("post", request)
    return posts.publish(request.person, draft)


def published(request: PersonRequest, post: Post, form: forms.Form) -> HttpResponse:
    """Redirect to a post that was published. The browser may delete its draft if the post has this text."""
    if _has_text_of(post, form.cleaned_data):
        draft = request.POST.get("draft", "")[:80]
        messages.success(request, reach.who_sees(post), extra_tags=f"draft:{draft}")
    else:
        messages.warning(
            request, _("You sent this before, and it was changed since. It reads like this now.")
        )
    return SeeOther(post_url(request.person, post))


def _has_text_of(post: Post, sent: dict[str, Any]) -> bool:
    """Whether a post is visible and has the text of the form that was sent."""
    written = {name: sent.get(name, "") for name in ("title", "summary", "text")}
    return post.hidden_at is None and written == {name: getattr(post, name) for name in written}


def _comment(request: PersonRequest, destination: Destination) -> HttpResponse:
    parent = _find(request.person, request.POST.get("parent", ""))
    if parent.thread_id != destination.id:
        raise Invalid(_("This was begun as a comment in another thread, so it was not sent."))
    form = CommentForm(request.person, parent, request.POST)
    comment, status = submit(form, lambda: publish(request, form.draft()))
    return _answer_page(request, form, status) if comment is None else published(request, comment, form)


def _find(person: Person, raw: str) -> Post:
    post_id = ids.parse(raw)
    if post_id is None:
        raise NotVisible
    return queries.find(person, post_id)


def _compose_url(request: HttpRequest) -> str:
    """Return the URL of the page with the same form as the one that was sent."""
    if (parent := ids.parse(request.POST.get("parent"))) is not None:
        return f"{reverse('compose')}?parent={parent}"
    destination = destinations.named(request.POST.get("destination", "").partition(":")[0]) or HOME
    return reverse("compose") + (f"?for={destination.name}" if destination != HOME else "")


def _requested_destination(request: PersonRequest) -> Destination:
    """Return the destination in the query string: by name, a person by handle, people, a group by slug."""
    if handle := request.GET.get("to", "")[:100].strip().lstrip("@").lower():
        return destinations.of_person(people.find_by_handle(request.person, handle))
    if request.GET.get("place") == Post.Audience.DIRECT:
        return PEOPLE
    if slug := request.GET.get("group", ""):
        return destinations.of_group(group_queries.find(request.person, slug))
    found = destinations.named(request.GET.get("for", ""))
    return HOME if found is None or found.kind == Kind.THREAD else found


def _requested_text(request: PersonRequest) -> dict[str, Any]:
    """Return the initial text in the query string. It has a draft of its own in the browser."""
    if not (text := request.GET.get("text", "")[:1000]):
        return {}
    return {"text": text, "draft": f"{_requested_destination(request).name} {text}"[:80]}


def as_initial(request: HttpRequest) -> dict[str, Any]:
    """Return the fields of a form that is not complete yet, as initial values: they are not validated."""
    return {name: values if name == "options" else values[-1] for name, values in request.POST.lists()}


def form_for(
    person: Person, destination: Destination, data: Any = None, *, initial: dict[str, Any] | None = None
) -> PostForm:
    """Return the form for a destination other than a thread. Raises NotVisible, Refused."""
    if destination.kind == Kind.PERSON:
        return MessageForm(person, people.find(person, destination.id), data, initial=initial)
    if destination.kind == Kind.PEOPLE:
        return MessageForm(person, None, data, initial=initial)
    return PostForm(person, destination, data, initial=initial)


def compose_page(
    request: PersonRequest, form: PostForm, status: int = 200, *, preview: dict[str, str] | None = None
) -> HttpResponse:
    """Render the page of a form. A form that was sent, or previewed, is newer than any draft."""
    context = {"form": form, "was_sent": form.is_bound or preview is not None, **(preview or {})}
    if isinstance(form, MessageForm):
        return render(request, "posts/message.html", context | {"nav": "messages"}, status=status)
    return render(request, "posts/compose.html", context, status=status)


def _answer_page(request: PersonRequest, form: CommentForm, status: int = 200) -> HttpResponse:
    closed = queries.why_not_comment(request.person, form.parent.thread)
    presence = not closed and group_queries.shows_presence(request.person, form.parent.thread.group)
    context = {"form": form, "parent": form.parent, "closed": closed, "presence": presence}
    return render(request, "posts/answer.html", context, status=status)
