"""Hidden objects answer like objects that do not exist, on every route of the table of reading rights."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.db.models import Q
from django.test import Client
from django.urls import get_resolver, reverse

from feeds.models import Notification
from network.actions import blocks, edits, invitations, lists, mutes, posts, threads
from network.actions import groups as group_actions
from network.actions.drafts import Draft
from network.actions.groups import GroupDraft
from network.models import Activity, Group, Post, Revision
from safety.models import SiteInvitation
from tests.support import factories, site
from tests.support.access import ROUTES, Right
from tests.support.planting import built_anew

Known = dict[str, list[str]]  # the existing values of each argument of a route

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

# Texts that neither the stranger nor anonymous visitors may read, and texts that only the stranger may not read.
SECRET, FROM_STRANGER = "canary", "magpie"


@pytest.fixture
def stranger(db: None) -> Client:
    """A client of a person who follows nobody, is in no group, and is blocked by one person."""
    person = factories.user("stranger").person
    browser = Client()
    browser.force_login(person.user, backend=BACKEND)
    browser.person = person
    return browser


@pytest.fixture
def hidden(stranger: Client) -> Known:
    """For each argument of a route, values that neither the stranger nor anonymous visitors may learn about."""
    writer, friend = factories.person("writer", approves=True), factories.person("friend")
    factories.follow(friend, writer)
    secret_group = group_actions.create(writer, GroupDraft(f"The {SECRET}s", Group.Kind.OPEN, SECRET, SECRET))
    former_slug = secret_group.slug
    group_actions.edit(writer, secret_group, GroupDraft(f"The {SECRET}s", Group.Kind.HIDDEN, SECRET, SECRET))
    factories.join(friend, secret_group)
    asked_for = factories.group(writer, Group.Kind.REQUEST, friend)
    public = factories.post(writer, "For all #birds", commenting=Post.Commenting.EVERYONE)
    hidden_comment = factories.comment(friend, public, SECRET)
    threads.hide_comment(writer, hidden_comment)
    said = f"A {SECRET} #birds"
    followers_only = factories.post(writer, said, audience=Post.Audience.FOLLOWERS)
    edits.edit(writer, followers_only, Draft(f"{said} again", audience=Post.Audience.FOLLOWERS))
    deleted = factories.post(writer, said)
    posts.delete(writer, deleted)
    unread = [
        hidden_comment,
        followers_only,
        deleted,
        factories.comment(friend, followers_only, SECRET),
        factories.poll(writer, "Tea", SECRET, text=said, audience=Post.Audience.DIRECT, to=(friend,)),
        factories.post(writer, said, title=SECRET, group=secret_group),
        factories.post(writer, said, summary=SECRET, group=asked_for),
    ]
    invitation = invitations.invite(writer, secret_group)
    type(invitation).objects.update(expires_at=invitation.expires_at - timedelta(days=30))
    ended = site.invitation(site.administrator(), SECRET)
    SiteInvitation.objects.update(used=ended.uses)
    mute = mutes.mute_word(friend, SECRET)
    notice = Notification.objects.create(
        person=writer, kind="thanks", activity=Activity.objects.filter(post=followers_only).first()
    )
    return {
        "post_id": [str(post.pk) for post in unread],
        "revision_id": [str(Revision.objects.get().pk)],
        "slug": [secret_group.slug, former_slug],
        "token": [invitation.token, ended.token],
        "invitation_id": [str(ended.pk)],
        "mute_id": [str(mute.pk)],
        "list_id": [str(lists.create(writer, f"For {SECRET}s").pk)],
        "person_id": [str(friend.pk)],
        "stream_id": [str(secret_group.pk)],
        "activity_id": [str(notice.activity_id)],
        "handle": [],
    }


@pytest.fixture
def from_stranger(stranger: Client, hidden: Known) -> Known:
    """Posts of a person who blocks the stranger. Others may read them."""
    person = factories.person("blocker", name=f"The {FROM_STRANGER}")
    post = factories.post(person, f"{FROM_STRANGER} #birds")
    root = factories.post(factories.person("host"), "#birds")
    comment = factories.comment(person, root, FROM_STRANGER)
    blocks.block(person, stranger.person)
    return {
        **hidden,
        "post_id": [str(post.pk), str(comment.pk)],
        "stream_id": [str(person.pk)],
        "person_id": [str(person.pk)],
        "handle": ["blocker"],
    }


NOTHING = {
    "post_id": "987654321",
    "revision_id": "987654322",
    "slug": "no-such-group",
    "token": "no-such-token-anywhere",
    "mute_id": "987654323",
    "list_id": "987654327",
    "person_id": "987654324",
    "stream_id": "987654325",
    "activity_id": "987654326",
    "invitation_id": "987654328",
    "handle": "nobody.of.this.name",
    "name": "birds",
    "kind": "people",
}
KEEPING = {Right.POST, Right.AUTHOR, Right.PERSON, Right.GROUP, Right.INSIDE, Right.ROW, Right.LINK}
KEEPING |= {Right.ADMINISTRATOR}
WAYS: list[tuple[str, dict[str, str]]] = [("get", {}), ("post", {"text": "x"}), ("post", {"undo": "1"})]


def arguments(name: str) -> tuple[str, ...]:
    (_pattern, names), *_rest = get_resolver().reverse_dict.getlist(name)[0][0]
    return tuple(names)


def addresses(name: str, known: Known) -> Iterator[dict[str, str]]:
    """The arguments with which a route shows a known object. Yields nothing where it shows none."""
    names = arguments(name)
    for values in itertools.product(*(known.get(one) or [NOTHING[one]] for one in names)):
        chosen = dict(zip(names, values, strict=True))
        if chosen != nothing(chosen):
            yield chosen


def nothing(used: dict[str, str]) -> dict[str, str]:
    return {one: NOTHING[one] for one in used}


def send(browser: Client, way: str, address: str, data: dict[str, str]) -> Any:
    cache.clear()  # no limit of requests applies here
    return getattr(browser, way)(address, data)


def answer(response: Any, used: dict[str, str]) -> tuple[int, str]:
    """The status and the text of a response, without the requested ids and without tokens."""
    text = response.content.decode() + response.headers.get("Location", "")
    for name, value in used.items():
        text = re.sub(rf"(?<=/){re.escape(value)}\b", name, text)
    return response.status_code, EACH_TIME.sub("", text)


EACH_TIME = re.compile(r"[A-Za-z0-9]{64}|nonce=\S+")


def answers_that_differ(browser: Client, known: Known, names: Iterable[str] = ROUTES) -> Iterator[str]:
    """The requests that answer otherwise for a hidden object than for one that does not exist."""
    for name, (way, data) in itertools.product(names, WAYS):
        found = [*addresses(name, known)] if ROUTES[name] in KEEPING else []
        absent = nothing(dict.fromkeys(arguments(name)))
        if found:
            expected = answer(send(browser, way, reverse(name, kwargs=absent), data), absent)
        for used in found:
            there = answer(send(browser, way, reverse(name, kwargs=used), data), used)
            if there != expected or there[0] not in (302, 303, 404, 405):
                yield f"{way} {name} {used} {data}: {there[0]}, not {expected[0]}"


def leaks(browser: Client, known: Known, secrets: list[str], names: Iterable[str] = ROUTES) -> Iterator[str]:
    """The requests that fail, or whose response contains a secret."""
    for name in names:
        for used in [*addresses(name, known)] or [nothing(dict.fromkeys(arguments(name)))]:
            response = send(browser, "get", reverse(name, kwargs=used), {})
            text = response.content.decode()
            if response.status_code >= 500 or any(secret in text for secret in secrets):
                yield f"{name} {used}: {response.status_code}"


def test_hidden_objects_answer_exactly_like_objects_that_do_not_exist(stranger, hidden, from_stranger):
    assert [*answers_that_differ(Client(), hidden)] == []
    assert [*answers_that_differ(stranger, hidden)] == []
    assert [*answers_that_differ(stranger, from_stranger)] == []


def test_no_page_discloses_a_secret(stranger, hidden, from_stranger):
    assert [*leaks(Client(), hidden, [SECRET])] == []
    assert [*leaks(stranger, hidden, [SECRET, FROM_STRANGER])] == []
    assert [*leaks(stranger, from_stranger, [SECRET, FROM_STRANGER])] == []


def test_a_topic_used_only_in_hidden_posts_is_like_an_unused_one(stranger, hidden):
    writer = factories.person("insider")
    group = factories.group(writer, Group.Kind.HIDDEN)
    factories.post(writer, "#layoffs", group=group)
    for audience in (Post.Audience.FOLLOWERS, Post.Audience.UNLISTED):
        factories.post(writer, "#layoffs", audience=audience)
    factories.post(writer, "#layoffs", audience=Post.Audience.DIRECT, to=(factories.person("addressee"),))
    walk = [("get", "", {}), ("post", "/follow", {}), ("post", "/follow", {"undo": "1"}), ("get", "", {})]
    walk += [("post", "/mute", {}), ("post", "/mute", {"undo": "1"}), ("get", "", {})]

    def walked(browser: Client, name: str) -> list[tuple[int, str]]:
        found = [answer(send(browser, way, f"/topics/{name}{path}", data), {}) for way, path, data in walk]
        return [(status, text.replace(name, "x")) for status, text in found]

    for browser in (Client(), stranger):
        assert walked(browser, "layoffs") == walked(browser, "nothing")


@contextmanager
def planted(what: str, instead: object) -> Iterator[None]:
    with mock.patch(f"network.queries.{what}", return_value=instead), built_anew():
        yield


def test_a_planted_leak_is_found(stranger, hidden, from_stranger):
    with planted("showing.may_read", Q()):
        assert [*leaks(stranger, hidden, [SECRET], ["post"])]
    with planted("posts.may_read", Q()):
        assert [*answers_that_differ(stranger, hidden, ["post_watch"])]
    with planted("rights.not_blocked", Q()):
        assert [*leaks(stranger, from_stranger, [FROM_STRANGER], ["post"])]
    with planted("groups.visible_to", Group.objects.all()):
        assert [*leaks(stranger, hidden, [SECRET], ["group"])]
    assert [*leaks(stranger, from_stranger, [SECRET, FROM_STRANGER], ["post", "group"])] == []


@pytest.mark.django_db
def test_private_pages_need_signing_in():
    for name in (name for name, right in ROUTES.items() if right == Right.OWN):
        response = Client().get(reverse(name, kwargs=nothing(dict.fromkeys(arguments(name)))))
        assert response.status_code in (303, 405), name
        if response.status_code == 303:
            assert reverse("account_login") in response["Location"]


def test_the_pages_of_administrators_do_not_exist_for_others(stranger):
    for name in (name for name, right in ROUTES.items() if right == Right.ADMINISTRATOR):
        address = reverse(name, kwargs=nothing(dict.fromkeys(arguments(name))))
        for way, data in WAYS:
            assert send(Client(), way, address, data).status_code in (303, 405), name
            assert send(stranger, way, address, data).status_code in (404, 405), name


ASKED = {"live_missed": {"place": "topic:1"}}  # the required query parameters of a route


@pytest.mark.django_db
def test_public_pages_open_for_everybody():
    factories.post(factories.person("ada"), "#birds")
    for name in (name for name, right in ROUTES.items() if right == Right.ALL):
        address = reverse(name, kwargs=nothing(dict.fromkeys(arguments(name))))
        assert Client().get(address, ASKED.get(name)).status_code == 200, name
