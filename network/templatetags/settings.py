"""The menu of settings, which every page of settings and of the account shows."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network.queries.site import is_administrator

register = template.Library()

# The name of each page's address, and what the menu calls the page.
PAGES = (
    ("settings", _("You")),
    ("settings_privacy", _("Privacy")),
    ("settings_home", _("What reaches your home")),
    ("settings_notices", _("Notices")),
    ("lists", _("Lists")),
    ("settings_filters", _("Muted and blocked")),
    ("settings_looks", _("Looks and keys")),
    ("account_email", _("Email")),
    ("account_change_password", _("Password")),
    ("mfa_index", _("Second step of signing in")),
    ("usersessions_list", _("Where you are signed in")),
    ("account_logout", _("Sign out")),
)
# What it has for administrators too, before the last page of all.
FOR_ADMINISTRATORS = ("site", _("Looking after this place"))
# What it calls them where the site sends mail.
MAILING = {"settings_notices": _("Notices and letters")}


@register.inclusion_tag("settings/_links.html", takes_context=True)
def settings_links(context: dict[str, Any]) -> dict[str, Any]:
    """Links to all settings, with the page that is open marked."""
    request = context["request"]
    match = request.resolver_match
    open_page = match.url_name if match else ""
    labels = dict(PAGES) | (MAILING if settings.EMAIL_URL else {})
    pages = [*labels.items()]
    if is_administrator(getattr(request, "person", None)):
        pages.insert(-1, FOR_ADMINISTRATORS)
    return {"links": [(reverse(name), label, name == open_page) for name, label in pages]}
