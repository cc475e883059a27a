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
from network.views.decorators import AsPerson, SeeOther, person_required
from network.views.threads import address

R = TypeVar("R")


@require_safe
@person_required
@preserved_forms.given_back
def compose(request: AsPerson) -> HttpResponse:
    """The page to write on: a post, a message, or with `parent` an answer to a post."""
    waiting = preserved_forms.kept(request, request.person)
    if "parent" in request.GET:
        parent = _find(request.person, request.GET["parent"])
        return _answer_page(request, CommentForm(request.person, parent, waiting))
    destination = _asked_destination(request)
    return compose_page(request, form_for(request.person, destination, waiting, initial=_asked_for(request)))


@require_POST
def create(request: Any) -> HttpResponse:
    """Say what a form holds, once for its key, and only where the form was made for.

    Text that cannot be taken comes back with the reason.
    """
    if not request.user.is_authenticated:
        return preserved_forms.keep(request, _page_of(request))
    return _create(request)


@person_required
@preserved_forms.given_back
def _create(request: AsPerson) -> HttpResponse:
    destination = destinations.read(request.person, request.POST.get("destination", ""))
    if destination.kind == Kind.THREAD:
        return _comment(request, destination)
    if "parent" in request.POST:
        raise Invalid(_("This was begun as a post, not as an answer, so it was not sent."))
    form = form_for(request.person, destination, request.POST)
    post, status = attempt(form, lambda: publish(request, form.draft()))
    return compose_page(request, form, status) if post is None else said(request, post, form)


@require_POST
@limited("preview")
def preview(request: Any) -> HttpResponse:
    """How a text will look: a part for htmx; without, the page with the form as it was sent."""
    if not request.user.is_authenticated and not getattr(request, "htmx", False):
        return preserved_forms.keep(request, reverse("compose"))
    return _preview(request)


@person_required
@preserved_forms.given_back
def _preview(request: AsPerson) -> HttpResponse:
    if getattr(request, "htmx", False):
        return render(request, "posts/_preview.html", previewed(request))
    destination = destinations.read(request.person, request.POST.get("destination", ""))
    form = form_for(request.person, destination, initial=as_initial(request))
    return compose_page(request, form, preview=previewed(request))


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


def said(request: AsPerson, post: Post, form: forms.Form) -> HttpResponse:
    """To what was just said. The browser may drop its draft where these words are in the post."""
    if _holds(post, form.cleaned_data):
        draft = request.POST.get("draft", "")[:80]
        words = reach.who_sees(post)
        messages.success(request, words, extra_tags=f"draft:{draft}")
    else:
        messages.warning(
            request, _("You sent this before, and it was changed since. It reads like this now.")
        )
    return SeeOther(address(request.person, post))


def _holds(post: Post, sent: dict[str, Any]) -> bool:
    """Whether a post stands and reads as the form that was sent."""
    written = {name: sent.get(name, "") for name in ("title", "summary", "text")}
    return post.hidden_at is None and written == {name: getattr(post, name) for name in written}


def _comment(request: AsPerson, destination: Destination) -> HttpResponse:
    parent = _find(request.person, request.POST.get("parent", ""))
    if parent.thread_id != destination.id:
        raise Invalid(_("This was begun as a comment in another thread, so it was not sent."))
    form = CommentForm(request.person, parent, request.POST)
    comment, status = attempt(form, lambda: publish(request, form.draft()))
    return _answer_page(request, form, status) if comment is None else said(request, comment, form)


def _find(person: Person, raw: str) -> Post:
    post_id = ids.parse(raw)
    if post_id is None:
        raise NotVisible
    return queries.find(person, post_id)


def _page_of(request: HttpRequest) -> str:
    """The page on which the form that was sent can be filled in again."""
    if (parent := ids.parse(request.POST.get("parent"))) is not None:
        return f"{reverse('compose')}?parent={parent}"
    destination = destinations.named(request.POST.get("destination", "").partition(":")[0]) or HOME
    return reverse("compose") + (f"?for={destination.name}" if destination != HOME else "")


def _asked_destination(request: AsPerson) -> Destination:
    """What a link asks for: a destination by name, a person by handle, people, a group by slug."""
    if handle := request.GET.get("to", "")[:100].strip().lstrip("@").lower():
        return destinations.of_person(people.find_by_handle(request.person, handle))
    if request.GET.get("place") == Post.Audience.DIRECT:
        return PEOPLE
    if slug := request.GET.get("group", ""):
        return destinations.of_group(group_queries.find(request.person, slug))
    asked = destinations.named(request.GET.get("for", ""))
    return HOME if asked is None or asked.kind == Kind.THREAD else asked


def _asked_for(request: AsPerson) -> dict[str, Any]:
    """The text that a link to the page fills in; the browser keeps what is made of it by itself."""
    if not (asked := request.GET.get("text", "")[:1000]):
        return {}
    return {"text": asked, "draft": f"{_asked_destination(request).name} {asked}"[:80]}


def as_initial(request: HttpRequest) -> dict[str, Any]:
    """What was filled in but is not sent yet: what is missing is not held against it."""
    return {name: values if name == "options" else values[-1] for name, values in request.POST.lists()}


def form_for(
    person: Person, destination: Destination, data: Any = None, *, initial: dict[str, Any] | None = None
) -> PostForm:
    """The form for a destination that is no thread. Raises NotVisible, Refused."""
    if destination.kind == Kind.PERSON:
        return MessageForm(person, people.find(person, destination.id), data, initial=initial)
    if destination.kind == Kind.PEOPLE:
        return MessageForm(person, None, data, initial=initial)
    return PostForm(person, destination, data, initial=initial)


def compose_page(
    request: AsPerson, form: PostForm, status: int = 200, *, preview: dict[str, str] | None = None
) -> HttpResponse:
    """The page for a form. One that was sent, if only for a preview, has newer words than any draft."""
    context = {"form": form, "was_sent": form.is_bound or preview is not None, **(preview or {})}
    if isinstance(form, MessageForm):
        return render(request, "posts/message.html", context | {"nav": "messages"}, status=status)
    return render(request, "posts/compose.html", context, status=status)


def _answer_page(request: AsPerson, form: CommentForm, status: int = 200) -> HttpResponse:
    closed = queries.why_not_comment(request.person, form.parent.thread)
    presence = not closed and group_queries.shows_presence(request.person, form.parent.thread.group)
    context = {"form": form, "parent": form.parent, "closed": closed, "presence": presence}
    return render(request, "posts/answer.html", context, status=status)
