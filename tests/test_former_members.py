"""A former member of a hidden group can read their own posts in it, and learns nothing new of the group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feeds.mail import digests
from feeds.notifications import pages
from feeds.notifications.rendering import plain
from network.actions import groups, invitations, memberships
from network.actions.groups import GroupDraft
from network.models import Group, Person, Post
from network.queries.showing import show
from tests.support import factories
from tests.support.access import ROUTES
from tests.support.factories import fresh
from tests.support.feeds.delivering import deliver_all
from tests.test_hidden_things import BACKEND, NOTHING, arguments, send

OPEN, REQUEST, HIDDEN = Group.Kind
NEW_NAME = "Quokka society"


@dataclass
class Case:
    """A person who wrote in a group and is not a member now. The group is hidden and has been renamed since."""

    owner: Person
    former: Person
    group: Group
    posts: list[Post]
    token: str = NOTHING["token"]


def written_in(kind: Group.Kind) -> Case:
    owner, former = factories.person("owner"), factories.user("former").person
    group = factories.group(owner, kind, name="Wallabies")
    factories.join(former, group, factories.Follow.Role.MODERATOR)
    root = factories.poll(former, text="My words.", group=group)
    comment = factories.comment(former, factories.post(owner, "Theirs.", group=group))
    quoting = factories.post(former, "Look here.", group=group, quotes=root)
    return Case(owner, former, group, [root, comment, quoting], invitations.invite(former, group).token)


def left() -> Case:
    case = written_in(HIDDEN)
    memberships.leave(case.former, case.group)
    return case


def removed() -> Case:
    case = written_in(HIDDEN)
    memberships.remove(case.owner, case.group, case.former)
    return case


def left_while_it_was_open() -> Case:
    case = written_in(OPEN)
    memberships.leave(case.former, case.group)
    return case


def asking_to_come_back() -> Case:
    case = written_in(REQUEST)
    memberships.leave(case.former, case.group)
    memberships.join(case.former, case.group)
    return case


@pytest.fixture(params=[left, removed, left_while_it_was_open, asking_to_come_back])
def case(request: Any, db: None) -> Case:
    made: Case = request.param()
    groups.edit(made.owner, made.group, GroupDraft(NEW_NAME, HIDDEN, "Quokkas alone.", "Be a quokka."))
    made.group = fresh(made.group)
    return made


@pytest.fixture
def browser(case: Case) -> Client:
    client = Client()
    client.force_login(case.former.user, backend=BACKEND)
    return client


def discloses(case: Case, text: str) -> bool:
    return "quokka" in text.lower() or case.group.slug in text


def requests(case: Case) -> Iterator[tuple[str, dict[str, str]]]:
    """Every route, with the ids of the former member's posts and of the group."""
    for name in ROUTES:
        names = arguments(name)
        known = {"stream_id": str(case.group.pk), "token": case.token, "slug": "wallabies"}
        known |= {"person_id": str(case.former.pk), "handle": "former"}
        for post in case.posts if "post_id" in names else case.posts[:1]:
            used = NOTHING | known | {"post_id": str(post.pk)}
            yield name, {one: used[one] for one in names}


WAYS: list[tuple[str, dict[str, str]]] = [
    ("get", {}),
    ("post", {"place": "home", "level": "all", "text": "x", "title": "x", "option": "0"}),
]


def test_no_page_and_no_response_discloses_the_group(case: Case, browser: Client) -> None:
    revealing = []
    for name, used in requests(case):
        for way, data in WAYS if name not in ("post_delete", "account_logout") else WAYS[:1]:
            data = (
                data | {"place": f"group:{case.group.pk}"} if name in ("post_edit", "post_reshare") else data
            )
            response = send(browser, way, reverse(name, kwargs=used), data)
            assert response.status_code < 500, name
            if discloses(case, response.content.decode() + response.headers.get("Location", "")):
                revealing.append((way, name, used))
    assert revealing == []


@pytest.mark.parametrize("path", ["/posts/new?parent={}", "/posts/new?group=wallabies", "/?show=groups"])
def test_urls_with_parameters_do_not_disclose_the_group(case: Case, browser: Client, path: str) -> None:
    for post in case.posts:
        response = browser.get(path.format(post.pk))
        assert not discloses(case, response.content.decode() + response.headers.get("Location", ""))


def test_the_closing_of_the_group_is_not_disclosed(case: Case, browser: Client) -> None:
    address = f"/posts/{case.posts[0].pk}"
    before = browser.get(address).context["closed"]
    groups.close(case.owner, case.group)
    assert browser.get(address).context["closed"] == before


def test_notifications_and_digests_do_not_disclose_the_group(case: Case) -> None:
    deliver_all()
    assert not any(discloses(case, plain(line)) for line in pages.page(case.former).lines)
    assert not any(discloses(case, str(part.what)) for part in digests.read(case.former, 0, whole=True).parts)


def test_own_posts_stay_readable(case: Case, browser: Client) -> None:
    assert set(show(case.former, [post.pk for post in case.posts])) == {post.pk for post in case.posts}
    page = browser.get(f"/posts/{case.posts[0].pk}").content.decode()
    assert "My words." in page
    assert "in a group that you are not in" in page


def test_members_see_the_group_with_their_posts(db: None, django_assert_num_queries: Any) -> None:
    case = written_in(HIDDEN)
    found = show(case.former, [post.pk for post in case.posts])
    assert {shown.group for shown in found.values()} == {case.group}
    assert found[case.posts[2].pk].quoted.group == case.group
    with django_assert_num_queries(
        4
    ):  # two for every call, one for polls, one for own posts in hidden groups
        show(case.former, [post.pk for post in case.posts])
