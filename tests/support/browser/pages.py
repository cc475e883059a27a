"""Every page of the site, and how to open it with content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.views.defaults import server_error
from playwright.sync_api import Page

from feeds.mail.composition import stop_token
from network.models import Site
from tests.support.browser.someone import PASSWORD
from tests.support.browser.world import World


@dataclass(frozen=True)
class Shown:
    """A page in one state: the name of its route, its arguments, and the viewer (None: signed out)."""

    name: str
    fill: Callable[[World], dict[str, Any]] = lambda world: {}
    who: str | None = "ada"
    query: Callable[[World], str] | str = ""
    status: int = 200

    def path(self, world: World) -> str:
        query = self.query if isinstance(self.query, str) else self.query(world)
        return reverse(self.name, kwargs=self.fill(world)) + query

    def open(self, page: Page, world: World) -> None:
        answer = page.goto(self.path(world))
        assert answer is not None
        assert answer.status == self.status, f"{answer.url} answered {answer.status}"


@dataclass(frozen=True)
class SecondStep(Shown):
    """The page that asks for a code after the password, for an account with two factors."""

    def open(self, page: Page, world: World) -> None:
        assert world.locked.user is not None
        page.goto(reverse("account_login"))
        page.locator("[name=login]").fill(world.locked.user.username)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button.go").click()
        page.wait_for_url("**" + self.path(world))


@dataclass(frozen=True)
class Closed(Shown):
    """A page of a closed server. The server is open again when the page has loaded."""

    def open(self, page: Page, world: World) -> None:
        Site.objects.update_or_create(pk=1, defaults={"is_open": False})
        try:
            super().open(page, world)
        finally:
            Site.objects.update(is_open=True)


@dataclass(frozen=True)
class Forged(Shown):
    """The page that answers a form without its CSRF token."""

    def open(self, page: Page, world: World) -> None:
        page.goto(self.path(world))
        page.locator("main [name=csrfmiddlewaretoken]").evaluate("field => { field.value = '' }")
        page.locator("main form button").click()
        page.get_by_role("heading", name="Send it once more.").wait_for()


@dataclass(frozen=True)
class Broken(Shown):
    """The page for an internal error. The response is made up, because the site does not fail on demand."""

    def open(self, page: Page, world: World) -> None:
        body = server_error(RequestFactory().get("/")).content.decode()
        page.route("**/about", lambda route: route.fulfill(status=500, body=body, content_type="text/html"))
        page.goto(self.path(world))
        page.unroute("**/about")


def post(world: World) -> dict[str, Any]:
    return {"post_id": world.post.pk}


def own(world: World) -> dict[str, Any]:
    return {"post_id": world.own.pk}


def ada(world: World) -> dict[str, Any]:
    return {"handle": world.ada.handle}


def ben(world: World) -> dict[str, Any]:
    return {"handle": world.ben.handle}


def topic(world: World) -> dict[str, Any]:
    return {"name": world.topic.name}


def group(world: World) -> dict[str, Any]:
    return {"slug": world.group.slug}


def joining(world: World) -> dict[str, Any]:
    return {"token": world.site_invitation}


def friends(world: World) -> dict[str, Any]:
    return {"list_id": world.friends.pk}


def letter(world: World) -> dict[str, Any]:
    """The key in the mail that asks to confirm an address."""
    address = EmailAddress(user=world.ada.user, email="ada@kith.example")
    address.save()
    return {"key": EmailConfirmationHMAC(address).key}


def forgotten(world: World) -> dict[str, Any]:
    """The key in the mail to a person who forgot the password."""
    user = world.ben.user
    assert user is not None
    return {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}


def out(world: World) -> dict[str, Any]:
    """The link in Ada's digest that stops it."""
    return {"token": stop_token(world.ada, "digest")}


PAGES: dict[str, Shown] = {
    "home": Shown("home"),
    "home, only topics": Shown("home", query="?show=topics"),
    "home, only groups": Shown("home", query="?show=groups"),
    "lists": Shown("lists"),
    "lists of a newcomer": Shown("lists", who="newcomer"),
    "list": Shown("list", friends),
    "list_edit": Shown("list_edit", friends),
    "home of a newcomer": Shown("home", who="newcomer"),
    "welcome": Shown("home", who=None),
    "welcome, closed": Closed("home", who=None),
    "start": Shown("start", who="newcomer"),
    "compose": Shown("compose"),
    "compose a message": Shown("compose", query=lambda world: f"?to={world.ben.handle}"),
    "compose for several": Shown("compose", query="?place=direct"),
    "compose in a group": Shown("compose", query=lambda world: f"?group={world.group.slug}"),
    "compose an answer": Shown("compose", query=lambda world: f"?parent={world.answer.pk}"),
    "post": Shown("post", post),
    "post, signed out": Shown("post", post, who=None),
    "post of one's own": Shown("post", own),
    "poll": Shown("post", lambda world: {"post_id": world.poll.pk}),
    "message": Shown("post", lambda world: {"post_id": world.message.pk}),
    "post_edit": Shown("post_edit", own),
    "post_history": Shown("post_history", own),
    "post_delete": Shown("post_delete", own),
    "post_reshare": Shown("post_reshare", post),
    "post_menu": Shown("post_menu", post, query="?feed=home"),
    "post_why": Shown("post_why", post, query="?feed=home"),
    "post_thanks": Shown("post_thanks", own),
    "saved": Shown("saved"),
    "messages": Shown("messages"),
    "person": Shown("person", ben),
    "person, signed out": Shown("person", ben, who=None),
    "oneself": Shown("person", ada),
    "followers": Shown("followers", ada),
    "following": Shown("following", ada),
    "topic": Shown("topic", topic),
    "topic, signed out": Shown("topic", topic, who=None),
    "explore": Shown("explore"),
    "explore, signed out": Shown("explore", who=None),
    "explore, found": Shown("explore", query="?q=tides"),
    "explore_kind": Shown("explore_kind", lambda world: {"kind": "people"}),
    "explore_posts": Shown("explore_posts"),
    "notices": Shown("notices"),
    "digest": Shown("digest", query="?whole=1"),
    "mail_stop": Shown("mail_stop", out, who=None),
    "groups": Shown("groups"),
    "group": Shown("group", group),
    "group, from outside": Shown("group", lambda world: {"slug": world.asked.slug}),
    "group, signed out": Shown("group", group, who=None),
    "group_new": Shown("group_new"),
    "group_edit": Shown("group_edit", group),
    "group_members": Shown("group_members", group),
    "group_requests": Shown("group_requests", group),
    "group_rules": Shown("group_rules", group),
    "group_invitations": Shown("group_invitations", group),
    "group_leave": Shown("group_leave", group),
    "group_close": Shown("group_close", group),
    "invitation": Shown("invitation", lambda world: {"token": world.invitation}, who="newcomer"),
    "site": Shown("site", who="admin"),
    "site_invitations": Shown("site_invitations", who="admin"),
    "site_invitation": Shown("site_invitation", joining, who=None),
    "site_invitation, signed in": Shown("site_invitation", joining),
    "site_invitation, gone": Shown(
        "site_invitation", lambda world: {"token": "a" * 43}, who=None, status=404
    ),
    "settings": Shown("settings"),
    "settings_privacy": Shown("settings_privacy"),
    "settings_home": Shown("settings_home"),
    "settings_notices": Shown("settings_notices"),
    "settings_filters": Shown("settings_filters"),
    "settings_looks": Shown("settings_looks"),
    "about": Shown("about", who=None),
    "rules": Shown("rules", who=None),
    "privacy": Shown("privacy", who=None),
    "keys": Shown("keys"),
    "account_login": Shown("account_login", who=None),
    "account_signup": Shown("account_signup", who=None),
    "account_logout": Shown("account_logout"),
    "account_inactive": Shown("account_inactive", who=None),
    "account_reauthenticate": Shown("account_reauthenticate"),
    "account_email": Shown("account_email"),
    "account_email_verification_sent": Shown("account_email_verification_sent", who=None),
    "account_confirm_email": Shown("account_confirm_email", letter, who=None),
    "account_change_password": Shown("account_change_password"),
    "account_reset_password": Shown("account_reset_password", who=None),
    "account_reset_password_done": Shown("account_reset_password_done", who=None),
    "account_reset_password_from_key": Shown("account_reset_password_from_key", forgotten, who=None),
    "account_reset_password_from_key_done": Shown("account_reset_password_from_key_done", who=None),
    "mfa_index": Shown("mfa_index", who="locked"),
    "mfa_activate_totp": Shown("mfa_activate_totp"),
    "mfa_deactivate_totp": Shown("mfa_deactivate_totp", who="locked"),
    "mfa_view_recovery_codes": Shown("mfa_view_recovery_codes", who="locked"),
    "mfa_generate_recovery_codes": Shown("mfa_generate_recovery_codes", who="locked"),
    "mfa_reauthenticate": Shown("mfa_reauthenticate", who="locked"),
    "mfa_authenticate": SecondStep("mfa_authenticate", who=None),
    "usersessions_list": Shown("usersessions_list"),
    "nothing here": Shown("post", lambda world: {"post_id": 1}, status=404),
    "a form without its token": Forged("account_logout", status=403),
    "our fault": Broken("about", status=500),
    "what cannot be read": Shown("home", query="?older=yesterday", status=400),
}

# Routes that redirect to a page above.
LEADING = {"you", "notice", "account_set_password", "account_confirm_login_code"}
# Routes for scripts and programs, which are no pages.
PARTS = {"post_part", "live_missed", "mfa_download_recovery_codes", "health", "metrics"}


def addresses() -> dict[str, URLPattern]:
    """All routes by name, except those of Django's admin."""
    return {pattern.name or str(pattern.pattern): pattern for pattern in _walk(get_resolver().url_patterns)}


def _walk(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if not isinstance(pattern, URLResolver):
            yield pattern
        elif pattern.app_name != "admin":
            yield from _walk(pattern.url_patterns)
