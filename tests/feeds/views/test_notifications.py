"""The page of notices: its lines, its tabs, its requests, and the number of new lines."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from feeds.notifications import pages
from feeds.notifications.rendering import plain
from network.actions import follows, invitations, likes, memberships, reshares
from network.actions.people import Privacy, set_privacy
from network.models import Group, Person
from tests.support import factories
from tests.support.feeds.notifications import notify_all

pytestmark = pytest.mark.django_db


def test_each_kind_reads_as_a_sentence(client: Client, noor: Person, ada: Person, ben: Person) -> None:
    post = factories.post(noor, "Why do limpets go home?", title="Limpets & homes")
    mine = factories.comment(noor, post, "By the trail.")
    factories.comment(ada, mine, "<b>Not</b> only, 100%.")
    factories.comment(ben, post, "And @noor?")
    factories.post(ada, "Worth reading.", quotes=post)
    reshares.reshare(ben, post)
    likes.like(ada, mine)
    follows.follow(ben, noor.stream)
    memberships.join(ben, factories.group(noor, Group.Kind.REQUEST, name="Shore"))
    notify_all()
    page = " ".join(client.get("/notices").content.decode().split())
    assert "Ada</a> replied to your comment in <a" in page
    assert ">Limpets &amp; homes</a>" in page
    assert "&lt;b&gt;Not&lt;/b&gt; only, 100%." in page or "Not only, 100%." in page
    assert "<b>Not</b>" not in page
    assert "Ben</a> named you in <a" in page
    assert "Ada</a> quoted <a" in page
    assert "Ben</a> reshared <a" in page
    assert "Ada</a> thanked you for <a" in page
    assert ">“By the trail.”</a>" in page
    assert "Ben</a> follows you" in page
    assert "Ben</a> asks to join <a" in page
    assert ">Shore</a>" in page


def test_likes_of_one_post_are_one_line(client: Client, noor: Person) -> None:
    post = factories.post(noor)
    people = [factories.person(name=f"Person {number}") for number in range(4)]
    for person in people:
        likes.like(person, post)
    notify_all()
    page = client.get("/notices").content.decode()
    assert "Person 3</a>, " in page
    assert "Person 2</a> and 2 others thanked you" in page
    assert pages.unread(noor) == 1
    newest = pages.page(noor).newest
    client.get(f"/notices/{newest}")
    assert pages.unread(noor) == 0
    assert not pages.of(noor).filter(read_at=None).exists()


def test_a_person_who_is_signed_out_is_sent_to_the_login(client: Client) -> None:
    for address in ("/notices", "/notices/5"):
        answer = client.get(address)
        assert answer.status_code == 303
        assert "/accounts/login/" in answer["Location"]
    assert client.post("/notices/seen").status_code == 303
    assert client.get("/notices/seen").status_code == 405


def test_each_line_is_on_one_page(client: Client, noor: Person, ben: Person) -> None:
    said = [factories.post(ben, "@noor").pk for _ in range(pages.PAGE + 5)]
    notify_all()
    first = pages.page(noor)
    second = pages.page(noor, cursor=first.older)
    met = [line.newest.activity_id for page in (first, second) for line in page.lines]
    assert met == sorted(said, reverse=True)
    assert second.older is None
    assert f"older={first.older}" in client.get("/notices").content.decode()
    assert client.get(f"/notices?older={first.older}").status_code == 200
    assert client.get("/notices?older=now").status_code == 400


def test_tabs(client: Client, noor: Person, ben: Person) -> None:
    likes.like(ben, factories.post(noor))
    follows.follow(ben, noor.stream)
    memberships.join(ben, factories.group(noor, Group.Kind.REQUEST))
    notify_all()

    def kinds(show: str) -> list[str]:
        return [line.newest.kind for line in pages.page(noor, show=show).lines]

    assert kinds("thanks") == ["thanks"]
    assert kinds("people") == ["follow"]
    assert kinds("groups") == ["request"]
    assert kinds("answers") == []
    assert len(kinds("")) == len(kinds("anything")) == 3


def test_a_kind_in_two_tabs_is_in_the_tab_of_its_activity(noor: Person, ada: Person) -> None:
    group = factories.group(ada, Group.Kind.REQUEST, name="Shore")
    memberships.join(noor, group)
    memberships.accept(ada, group, noor)
    set_privacy(ada, Privacy(approves_followers=True, hides_follows=False))
    follows.follow(noor, ada.stream)
    follows.accept(ada, noor)
    invitations.invite_person(ada, factories.group(ada), noor)
    notify_all()

    def texts(show: str) -> list[str]:
        return [plain(line) for line in pages.page(noor, show=show).lines]

    assert texts("people") == ["Ada lets you follow them"]
    assert "Ada let you into Shore" in texts("groups")
    assert len(texts("groups")) == 2


def test_every_page_has_the_number_of_new_lines(client: Client, noor: Person, ben: Person) -> None:
    likes.like(ben, factories.post(noor))
    notify_all()
    assert "(1)" in client.get("/notices?show=answers").content.decode()
    client.get(f"/notices/{pages.page(noor).newest}")
    assert "(1)" not in client.get("/notices").content.decode()


def test_a_request_is_answered_on_the_page(client: Client, noor: Person, ada: Person, ben: Person) -> None:
    group = factories.group(noor, Group.Kind.REQUEST)
    memberships.join(ben, group)
    set_privacy(noor, Privacy(approves_followers=True, hides_follows=False))
    follows.follow(ada, noor.stream)
    notify_all()
    page = client.get("/notices").content.decode()
    let_in = f"/groups/{group.slug}/members/{ben.pk}/accept"
    assert f'action="{let_in}"' in page
    assert f'formaction="/groups/{group.slug}/members/{ben.pk}/remove"' in page
    assert 'action="/people/ada/accept"' in page
    newest = pages.of(noor).order_by("activity")[0]
    assert client.get(newest.get_absolute_url())["Location"] == f"/groups/{group.slug}/requests"
    assert client.post(let_in, {"next": "/notices"})["Location"] == "/notices"
    client.post("/people/ada/accept", {"next": "/notices"})
    page = client.get("/notices").content.decode()
    assert "/accept" not in page
    assert "asks to join" in page


def test_the_number_of_queries_does_not_grow_with_the_lines(
    client: Client, noor: Person, ada: Person, ben: Person, django_assert_num_queries: Any
) -> None:
    """Whatever their kinds are: most are about no group, some about no post."""

    def act(number: int) -> None:
        post = factories.post(noor)
        likes.like(ada, post)
        factories.comment(ben, post)
        factories.post(ada, "Worth reading.", quotes=post)
        memberships.join(ben, factories.group(noor, Group.Kind.REQUEST, name=f"Shore {number}"))
        follows.follow(factories.person(), noor.stream)
        notify_all()

    act(0)
    act(1)
    client.get("/notices")
    with django_assert_num_queries(9):
        client.get("/notices")
    for number in range(2, 5):
        act(number)
    with django_assert_num_queries(9):
        client.get("/notices")


def test_people_who_accept_need_no_query_each(
    client: Client, noor: Person, django_assert_num_queries: Any
) -> None:
    """Their streams have no group, and are not asked for one."""

    def accept() -> None:
        shy = factories.person(approves=True)
        follows.follow(noor, shy.stream)
        follows.accept(shy, noor)
        notify_all()

    accept()
    with django_assert_num_queries(3):
        assert len(pages.page(noor).lines) == 1
    accept()
    client.get("/notices")
    with django_assert_num_queries(3):
        assert len([plain(line) for line in pages.page(noor).lines]) == 2
