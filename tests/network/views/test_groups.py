"""The pages of groups: what each kind shows to whom, what is new, and what an owner may change."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.actions import groups, memberships, people
from network.actions.groups import GroupDraft
from network.actions.people import Privacy
from network.models import Follow, Group, Person, Post
from tests.feeds.views.test_home import cards
from tests.network.views.conftest import words
from tests.support import factories

ClientFor = Callable[[Person], Client]
KIND = Group.Kind
PAGES = ("", "/rules", "/members", "/requests", "/edit", "/close", "/leave", "/invitations")


def without_token(response: HttpResponse) -> str:
    return re.sub(r'"X-CSRFToken": "\w+"', "", words(response))


def test_everybody_reads_an_open_group_and_members_write_in_it(
    client: Client, ada: Person, ben: Person, as_person: ClientFor
) -> None:
    group = factories.group(ada, KIND.OPEN)
    post = factories.post(ada, group=group)
    path = group.get_absolute_url()
    for browser in (client, as_person(ben)):
        page = words(browser.get(path))
        assert cards(page) == [post.pk]
        assert 'id="say-text"' not in page
        assert f'action="{path}/join"' in page
    assert 'id="say-text"' in words(as_person(ada).get(path))


def test_a_group_by_request_shows_its_rules_to_everybody_and_its_posts_to_members(
    ada: Person, ben: Person, as_person: ClientFor
) -> None:
    group = groups.create(ada, GroupDraft("Bench", KIND.REQUEST, rules="Be *kind*."))
    post = factories.post(ada, "Only for us.", group=group)
    browser = as_person(ben)
    page = words(browser.get(group.get_absolute_url()))
    assert "Be <em>kind</em>." in page
    assert "Ask to join" in page
    assert not cards(page)
    assert "data-live-place" not in page
    assert browser.get("/groups/bench/members").status_code == 404
    factories.join(ben, group)
    assert cards(words(browser.get(group.get_absolute_url()))) == [post.pk]
    assert browser.get("/groups/bench/members").status_code == 200


def test_a_hidden_group_does_not_exist_for_outsiders(
    client: Client, noor: Person, ada: Person, as_person: ClientFor
) -> None:
    group = factories.group(ada, name="Secret")
    groups.edit(ada, group, GroupDraft(group.name, KIND.HIDDEN))
    for slug, path in itertools.product(("secret", group.slug), PAGES):
        there, nowhere = client.get(f"/groups/{slug}{path}"), client.get(f"/groups/nowhere{path}")
        assert there.status_code == nowhere.status_code == 404
        assert without_token(there).replace(slug, "nowhere") == without_token(nowhere)
    for path in ("/join", "/leave", "/close", "/edit", "/invitations", f"/members/{ada.pk}/remove"):
        assert client.post(f"/groups/{group.slug}{path}").status_code == 404
    assert as_person(ada).get(group.get_absolute_url()).status_code == 200
    assert "Secret" not in words(client.get("/groups"))


def test_an_anonymous_visitor_signs_in_to_join(client: Client, ada: Person) -> None:
    factories.group(ada, name="Open")
    for path in ("/edit", "/close", "/leave", "/requests", "/invitations"):
        assert client.get(f"/groups/open{path}")["Location"].startswith("/accounts/login/")
    assert client.post("/groups/open/join")["Location"].startswith("/accounts/login/")


def test_discussions_are_ordered_by_last_activity_and_show_the_number_of_new_posts(
    client: Client, noor: Person, ada: Person
) -> None:
    group = factories.group(ada, KIND.OPEN, noor)
    older, newer = factories.post(ada, group=group), factories.post(ada, group=group)
    first = factories.comment(ada, older)
    factories.comment(ada, older)
    page = words(client.get(group.get_absolute_url()))
    assert cards(page) == [older.pk, newer.pk]
    assert "2 new comments" in page
    assert f'href="/posts/{first.pk}"' in page
    client.get(f"/posts/{older.pk}")
    assert "new comment" not in words(client.get(group.get_absolute_url()))
    factories.comment(noor, older)
    assert "new comment" not in words(client.get(group.get_absolute_url()))


def test_posts_from_before_the_membership_are_not_new(client: Client, noor: Person, ada: Person) -> None:
    group = factories.group(ada)
    thread = factories.post(ada, group=group)
    factories.comment(ada, thread)
    factories.join(noor, group)
    assert "new comment" not in words(client.get(group.get_absolute_url()))
    factories.comment(ada, thread)
    assert "1 new comment" in words(client.get(group.get_absolute_url()))
    assert "1 new" in words(client.get("/groups"))


def test_discussions_are_paged_by_cursor_to_their_end(client: Client, noor: Person, ada: Person) -> None:
    group = factories.group(ada, KIND.OPEN, noor)
    posts = [factories.post(ada, group=group).pk for _number in range(25)]
    first = client.get(group.get_absolute_url())
    second = client.get(group.get_absolute_url(), {"before": first.context["page"].older})
    assert cards(words(first)) + cards(words(second)) == posts[::-1]
    assert client.get(group.get_absolute_url(), {"before": "x"}).status_code == 400


def test_the_number_of_queries_is_the_same_for_one_card_and_fifty(
    client: Client, noor: Person, ada: Person
) -> None:
    group = factories.group(ada, KIND.OPEN, noor)
    factories.comment(ada, factories.post(ada, "One #topic.", group=group))
    with CaptureQueriesContext(connection) as one:
        client.get(group.get_absolute_url())
    for number in range(49):
        factories.comment(ada, factories.post(ada, f"Number {number} #topic{number}.", group=group))
    with CaptureQueriesContext(connection) as many:
        assert len(cards(words(client.get(group.get_absolute_url())))) == 20
    assert len(many) <= len(one) <= 20


def test_the_number_of_queries_is_the_same_for_one_group_and_fifty(
    client: Client, noor: Person, ada: Person
) -> None:
    factories.group(ada, KIND.OPEN, noor)
    factories.group(ada)
    with CaptureQueriesContext(connection) as one:
        client.get("/groups")
    for _number in range(25):
        factories.group(ada, KIND.OPEN, noor)
        factories.group(ada)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/groups")
    assert len(page.context["mine"]) == 26
    assert len(page.context["others"].rows) == 26
    assert len(many) <= len(one) <= 12


def test_the_creator_of_a_group_is_its_owner(client: Client, noor: Person) -> None:
    response = client.post("/groups/new", {"name": "Night Sky", "kind": "request", "rules": "Look up."})
    assert response["Location"] == "/groups/night-sky"
    membership = Follow.objects.get(follower=noor)
    assert (membership.role, membership.stream.group.kind) == ("owner", "request")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": "", "kind": "open"}, "Enter a name."),
        ({"name": "Fine", "kind": "secret"}, "secret"),
        ({"name": "x" * 81, "kind": "open"}, "81 characters"),
        ({"name": "Fine", "kind": "open", "rules": "x" * 5001}, "5,001 characters"),
        ({}, "Enter a name."),
    ],
)
def test_an_invalid_group_comes_back_with_the_reason(
    client: Client, noor: Person, sent: dict[str, str], sentence: str
) -> None:
    response = client.post("/groups/new", sent)
    assert response.status_code == 400
    page = words(response)
    assert sentence in page
    assert 'role="alert"' in page
    assert not Group.objects.exists()


def test_an_owner_edits_the_group(ada: Person, ben: Person, as_person: ClientFor) -> None:
    group = factories.group(ada, KIND.OPEN, ben, name="Old Name")
    sent = {"name": "New Name", "kind": "hidden", "description": "What for.", "rules": "1. One"}
    assert as_person(ben).get("/groups/old-name/edit").status_code == 403
    assert as_person(ben).post("/groups/old-name/edit", sent).status_code == 403
    assert factories.fresh(group).name == "Old Name"
    owner = as_person(ada)
    assert 'value="Old Name"' in words(owner.get("/groups/old-name/edit"))
    response = owner.post("/groups/old-name/edit", sent)
    group = factories.fresh(group)
    assert response["Location"] == group.get_absolute_url() != "/groups/old-name"
    assert "The group has a new address" in words(owner.get(group.get_absolute_url()))
    assert as_person(ben).get("/groups/old-name")["Location"] == group.get_absolute_url()
    assert as_person(ben).get("/groups/old-name/members").status_code == 200
    assert (group.name, group.kind, group.description) == ("New Name", "hidden", "What for.")
    assert owner.post("/groups/old-name/edit", sent | {"name": ""}).status_code == 400


def test_a_group_shows_presence_once_its_owner_enables_it(ada: Person, as_person: ClientFor) -> None:
    group, owner = factories.group(ada, KIND.OPEN, name="Quiet"), as_person(ada)
    sent = {"name": "Quiet", "kind": "open"}
    assert owner.get("/groups/quiet/edit").context["form"]["shows_presence"].value() is False
    owner.post("/groups/quiet/edit", sent | {"shows_presence": "on"})
    assert factories.fresh(group).shows_presence
    assert owner.get("/groups/quiet/edit").context["form"]["shows_presence"].value() is True
    owner.post("/groups/quiet/edit", sent)
    assert not factories.fresh(group).shows_presence


def test_presence_is_on_pages_of_people_who_may_write_and_did_not_opt_out(
    client: Client, ada: Person, ben: Person, chi: Person, as_person: ClientFor
) -> None:
    group = factories.group(ada, KIND.OPEN, ben)
    post, closed = (
        factories.post(ada, group=group, commenting=kind)
        for kind in (Post.Commenting.EVERYONE, Post.Commenting.NOBODY)
    )
    pages = [group.get_absolute_url(), *(page % post.pk for page in ("/posts/%d", "/posts/new?parent=%d"))]

    def shown(browser: Client, *more: str) -> list[bool]:
        return ["presence.js" in words(browser.get(page)) for page in (*pages, *more)]

    member = as_person(ben)
    assert shown(member) == [False] * 3
    groups.edit(ada, group, GroupDraft(group.name, shows_presence=True))
    assert shown(member, f"/posts/{closed.pk}", "/", "/groups") == [True] * 3 + [False] * 3
    assert not any(shown(as_person(chi)) + shown(client))
    people.set_privacy(ben, Privacy(False, False, shows_presence=False))
    assert not any(shown(member))
    assert all(shown(as_person(ada)))
    groups.close(ada, group)
    assert not any(shown(as_person(ada)))


def test_a_closed_group_can_be_read_but_not_joined_or_written_in(
    ada: Person, ben: Person, chi: Person, as_person: ClientFor
) -> None:
    group = factories.group(ada, KIND.OPEN, ben)
    post = factories.post(ada, group=group)
    path = group.get_absolute_url()
    assert as_person(ben).post(f"{path}/close").status_code == 403
    owner = as_person(ada)
    assert "Close" in words(owner.get(f"{path}/close"))
    assert factories.fresh(group).closed_at is None
    owner.post(f"{path}/close")
    page = words(as_person(ben).get(path))
    assert cards(page) == [post.pk]
    assert "Closed." in page
    assert 'id="say-text"' not in page
    assert f'action="{path}/join"' not in words(as_person(chi).get(path))
    assert as_person(chi).post(f"{path}/join").status_code == 403
    memberships.leave(ada, group)
