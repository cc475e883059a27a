"""What somebody wrote outlives the end of their session: it waits in the browser's session for them.

Forms say for whom they were made (`as`), so that on a shared computer nobody finds another's words.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict

from network.models import Person
from network.views.asking import SeeOther, View, person_required, to_sign_in

KEPT = "kept"
MOST = 50_000  # characters; the longest post with all its fields is half of it


def keep(request: HttpRequest, back: str) -> HttpResponse:
    """Keep a form that came without a session, and let its writer sign in and find it at `back`."""
    fields = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    length = sum(len(value) for values in fields.values() for value in values)
    if "as" not in fields or length > MOST:
        return to_sign_in(request)
    request.session[KEPT] = {"back": back, "fields": fields}
    return SeeOther(redirect_to_login(back).url)


def kept(request: HttpRequest, person: Person) -> MultiValueDict[str, str] | None:
    """What waits for `person` at this address, once; None where nothing does."""
    waiting = request.session.get(KEPT)
    if waiting is None or waiting["back"] != request.get_full_path():
        return None
    del request.session[KEPT]
    fields = MultiValueDict[str, str](waiting["fields"])
    return fields if fields.get("as") == str(person.pk) else None


def kept_until_signed_in(view: View) -> View:
    """As `person_required`; what a form holds waits at the address to which it was sent."""

    @wraps(view)
    def ask(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.person is None and request.method == "POST" and not request.user.is_authenticated:
            return keep(request, request.path)
        return person_required(view)(request, *args, **kwargs)

    return ask
