"""Members of a group: joining, asking, leaving, roles and invitation links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from network.actions import blocks, invitations, memberships
from network.models import Follow, Group, Invitation, Person
from network.queries import groups
from tests.network.views.conftest import words
from tests.support import factories

ClientFor = Callable[[Person], Client]
KIND, ROLE = Group.Kind, Follow.Role


def role_of(person: Person, group: Group) -> str:
    """The role of a member, "asked" for a person with a request, and "" for others."""
    found = groups.membership(person, group)
    return "" if found is None else str(found.role) or "asked"


def test_joining_asking_and_withdrawing_the_request(client: Client, noor: Person, ada: Person) -> None:
    opened, asked = factories.group(ada), factories.group(ada, KIND.REQUEST)
    assert client.post(f"{opened.get_absolute_url()}/join")["Location"] == opened.get_absolute_url()
    client.post(f"{asked.get_absolute_url()}/join", {"next": "/explore"})
    assert (role_of(noor, opened), role_of(noor, asked)) == ("member", "asked")
    assert "Requested" in words(client.get(asked.get_absolute_url()))
    client.post(f"{asked.get_absolute_url()}/leave")
    assert role_of(noor, asked) == ""


def test_leaving_asks_for_confirmation(client: Client, noor: Person, ada: Person) -> None:
    group = factories.group(ada, KIND.OPEN, noor)
    assert "What you wrote stays." in words(client.get(f"{group.get_absolute_url()}/leave"))
    assert role_of(noor, group) == "member"
    assert client.post(f"{group.get_absolute_url()}/leave")["Location"] == "/groups"
    assert role_of(noor, group) == ""


def test_the_last_owner_is_told_to_give_the_role_to_another(
    client: Client, noor: Person, ada: Person
) -> None:
    group = factories.group(noor, KIND.OPEN, ada)
    path = group.get_absolute_url()
    page = words(client.get(f"{path}/leave"))
    assert "You are its last owner" in page
    assert f'href="{path}/members"' in page
    assert f'href="{path}/close"' in page
    response = client.post(f"{path}/leave")
    assert response.status_code == 403
    assert "You are the last owner." in words(response)
    client.post(f"{path}/members/{ada.pk}/role", {"role": "owner"})
    assert "You are its last owner" not in words(client.get(f"{path}/leave"))
    client.post(f"{path}/leave")
    assert (role_of(noor, group), role_of(ada, group)) == ("", "owner")


def test_moderators_answer_requests(
    ada: Person, ben: Person, chi: Person, dan: Person, as_person: ClientFor
) -> None:
    group = factories.group(ada, KIND.REQUEST, ben)
    path = group.get_absolute_url()
    for asking in (chi, dan):
        as_person(asking).post(f"{path}/join")
    assert as_person(ben).get(f"{path}/requests").status_code == 403
    assert as_person(ben).post(f"{path}/members/{chi.pk}/accept").status_code == 403
    factories.join(ben, group)
    owner = as_person(ada)
    page = words(owner.get(f"{path}/requests"))
    assert f"{path}/members/{chi.pk}/accept" in page
    assert "Requests" in words(owner.get(path))
    owner.post(f"{path}/members/{chi.pk}/accept")
    owner.post(f"{path}/members/{dan.pk}/remove")
    assert (role_of(chi, group), role_of(dan, group)) == ("member", "")
    assert owner.post(f"{path}/members/{dan.pk}/accept").status_code == 404


def test_only_owners_give_roles(ada: Person, ben: Person, chi: Person, as_person: ClientFor) -> None:
    group = factories.group(ada, KIND.OPEN, ben, chi)
    role = f"{group.get_absolute_url()}/members/{chi.pk}/role"
    as_person(ada).post(f"{group.get_absolute_url()}/members/{ben.pk}/role", {"role": "moderator"})
    assert as_person(ben).post(role, {"role": "moderator"}).status_code == 403
    for wrong in ("", "king"):
        assert as_person(ada).post(role, {"role": wrong}).status_code == 400
    assert role_of(chi, group) == "member"
    assert "Make an owner" not in words(as_person(ben).get(f"{group.get_absolute_url()}/members"))
    assert "Make an owner" in words(as_person(ada).get(f"{group.get_absolute_url()}/members"))


def test_a_moderator_removes_members_but_no_owner(
    ada: Person, ben: Person, chi: Person, as_person: ClientFor
) -> None:
    group = factories.group(ada, KIND.OPEN, chi)
    factories.join(ben, group, ROLE.MODERATOR)
    path = f"{group.get_absolute_url()}/members"
    assert as_person(chi).post(f"{path}/{ben.pk}/remove").status_code == 403
    assert as_person(ben).post(f"{path}/{ada.pk}/remove").status_code == 403
    as_person(ben).post(f"{path}/{chi.pk}/remove")
    assert (role_of(ada, group), role_of(chi, group)) == ("owner", "")


def test_a_block_hides_members_from_each_other_but_not_from_moderators(
    ada: Person, ben: Person, chi: Person, as_person: ClientFor
) -> None:
    group = factories.group(ada, KIND.OPEN, ben, chi)
    for blocked in (ada, ben):
        blocks.block(chi, blocked)
    path = f"{group.get_absolute_url()}/members"
    assert "@chi" not in words(as_person(ben).get(path))
    assert "@chi" in words(as_person(ada).get(path))
    as_person(ada).post(f"{path}/{chi.pk}/remove")
    assert role_of(chi, group) == ""


def test_members_are_paged_by_cursor_with_the_same_number_of_queries(
    client: Client, noor: Person, ada: Person
) -> None:
    group = factories.group(ada, KIND.OPEN, noor)
    for _number in range(50):
        factories.join(factories.person(), group)
    path = f"{group.get_absolute_url()}/members"
    with CaptureQueriesContext(connection) as queries:
        first = client.get(path)
    assert len(queries) <= 10
    second = client.get(path, {"before": first.context["page"].older})
    met = [row.follower_id for response in (first, second) for row in response.context["page"].rows]
    assert len(met) == len(set(met)) == 51
    assert second.context["page"].older is None


@pytest.fixture
def hidden(ada: Person) -> Group:
    return factories.group(ada, KIND.HIDDEN, name="Trainees")


def test_a_link_shows_a_hidden_group_and_adds_a_member(
    client: Client, noor: Person, hidden: Group, ada: Person, as_person: ClientFor
) -> None:
    owner = as_person(ada)
    assert (
        owner.post(f"{hidden.get_absolute_url()}/invitations")["Location"]
        == f"{hidden.get_absolute_url()}/invitations"
    )
    link = Invitation.objects.get().get_absolute_url()
    assert link in words(owner.get(f"{hidden.get_absolute_url()}/invitations"))
    for browser in (Client(), client):
        page = words(browser.get(link))
        assert "Trainees" in page
        assert "Ada invites you." in page
    response = Client().post(link, {"next": link})
    assert response["Location"] == f"/accounts/login/?next={link}"
    assert client.post(link)["Location"] == hidden.get_absolute_url()
    assert role_of(noor, hidden) == "member"
    assert "You are a member already." in words(client.get(link))


def test_a_person_is_invited_by_handle(
    client: Client, noor: Person, hidden: Group, ada: Person, as_person: ClientFor
) -> None:
    owner, address = as_person(ada), f"{hidden.get_absolute_url()}/invitations"
    assert owner.post(address, {"handle": "@Noor"})["Location"] == address
    assert "Only for Noor" in words(owner.get(address))
    answer = owner.post(address, {"handle": "nobody.of.this.name"})
    assert answer.status_code == 400
    assert "There is nobody called @nobody.of.this.name here." in words(answer)
    invitation = Invitation.objects.get(person=noor)
    assert Client().get(invitation.get_absolute_url()).status_code == 404
    assert client.post(invitation.get_absolute_url())["Location"] == hidden.get_absolute_url()
    assert role_of(noor, hidden) == "member"


def test_a_withdrawn_or_expired_link_or_one_across_a_block_is_invalid(
    client: Client, noor: Person, hidden: Group, ada: Person, as_person: ClientFor
) -> None:
    made = invitations.invite(ada, hidden)
    assert client.post(f"{made.get_absolute_url()}/withdraw").status_code == 404
    as_person(ada).post(f"{made.get_absolute_url()}/withdraw")
    old = invitations.invite(ada, hidden)
    Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    blocks.block(noor, ada)
    by_blocked = invitations.invite(ada, hidden)
    for link in (made, old, by_blocked):
        assert client.get(link.get_absolute_url()).status_code == 404
        assert client.post(link.get_absolute_url()).status_code == 404
    assert role_of(noor, hidden) == ""


def test_only_moderators_invite_into_a_group_that_is_not_open(
    client: Client, noor: Person, hidden: Group, ada: Person
) -> None:
    factories.join(noor, hidden)
    assert client.post(f"{hidden.get_absolute_url()}/invitations").status_code == 403
    link = invitations.invite(ada, hidden).get_absolute_url()
    assert link not in words(client.get(f"{hidden.get_absolute_url()}/invitations"))
    opened = factories.group(ada, KIND.OPEN, noor, name="Open")
    client.post("/groups/open/invitations")
    assert Invitation.objects.get(group=opened).inviter == noor


def test_a_removed_person_is_told_that_they_can_ask(
    client: Client, noor: Person, ada: Person, as_person: ClientFor
) -> None:
    group = factories.group(ada, KIND.OPEN, noor, name="River Watch")
    link = invitations.invite(ada, group).get_absolute_url()
    as_person(ada).post(f"/groups/river-watch/members/{noor.pk}/remove")
    for path in ("/groups/river-watch", link):
        page = words(client.get(path))
        assert "You were removed from this group." in page
        assert "Ask to join" in page
    for path in ("/groups", "/explore?q=river"):
        assert "Ask to join" in words(client.get(path))
    assert "Ask to join" not in words(as_person(factories.person()).get("/groups/river-watch"))
    client.post(link)
    assert role_of(noor, group) == "asked"
    assert "Requested" in words(client.get("/groups/river-watch"))
    assert "Was removed before" in words(as_person(ada).get("/groups/river-watch/requests"))
    as_person(ada).post(f"/groups/river-watch/members/{noor.pk}/accept")
    assert "You were removed" not in words(client.get("/groups/river-watch"))


def test_a_person_removed_from_a_hidden_group_learns_nothing_from_the_link_that_they_used(
    client: Client, noor: Person, hidden: Group, ada: Person
) -> None:
    link = invitations.invite(ada, hidden).get_absolute_url()
    client.post(link)
    memberships.remove(ada, hidden, noor)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 404
        assert "Trainees" not in words(answer)
    assert role_of(noor, hidden) == ""
