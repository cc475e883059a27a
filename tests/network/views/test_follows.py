"""Following from a page: with a form, with htmx, signed out; requests, mutes, blocks, and what reaches home."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from network.actions import blocks
from network.models import Follow, Mute, Person
from tests.network.views.conftest import words
from tests.support import factories

ClientFor = Callable[[Person], Client]
HTMX = {"HX-Request": "true"}


def test_following_and_unfollowing_somebody(client: Client, noor: Person, ada: Person) -> None:
    response = client.post("/people/ada/follow", {"next": "/explore"})
    assert (response.status_code, response["Location"]) == (303, "/explore")
    assert noor.follows.get().stream_id == ada.pk
    assert "Following" in words(client.get("/people/ada"))
    client.post("/people/ada/follow", {"undo": "1"})
    assert not noor.follows.exists()


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "evil"])
def test_afterwards_one_stays_on_this_site(client: Client, noor: Person, ada: Person, to: str) -> None:
    assert client.post("/people/ada/follow", {"next": to})["Location"] == "/people/ada"


def test_with_htmx_the_button_comes_back_alone(client: Client, noor: Person, ada: Person) -> None:
    page = words(client.post("/people/ada/follow", headers=HTMX))
    assert "<html" not in page
    assert 'name="undo" value="1"' in page
    assert "Following" in page
    assert "aria-pressed" not in page
    assert 'name="undo"' not in words(client.post("/people/ada/follow", {"undo": "1"}, headers=HTMX))


def test_somebody_signed_out_signs_in_first(db: None, client: Client, ada: Person) -> None:
    response = client.post("/people/ada/follow", {"next": "/people/ada"})
    assert response["Location"] == "/accounts/login/?next=/people/ada"
    assert not Follow.objects.exists()


def test_a_follow_is_not_written_by_reading(client: Client, noor: Person, ada: Person) -> None:
    for path in ("/people/ada/follow", "/people/ada/mute", "/people/ada/block", "/topics/rivers/follow"):
        assert client.get(path).status_code == 405


def test_without_its_token_a_form_does_nothing(noor: Person, ada: Person) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(noor.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert browser.post("/people/ada/follow").status_code == 403
    assert not noor.follows.exists()


def test_following_is_limited(client: Client, noor: Person, ada: Person, settings: object) -> None:
    settings.LIMITS = {**settings.LIMITS, "follow": (1, 600)}  # type: ignore[attr-defined]
    client.post("/people/ada/follow")
    response = client.post("/people/ada/follow", {"undo": "1"})
    assert response.status_code == 429
    assert noor.follows.exists()


def test_a_request_is_accepted_or_declined(noor: Person, ada: Person, as_person: ClientFor) -> None:
    bea = factories.person("bea", approves=True)
    for asking in (noor, ada):
        as_person(asking).post("/people/bea/follow")
    herself = as_person(bea)
    herself.post("/people/noor/accept")
    herself.post("/people/ada/remove")
    assert [follow.follower for follow in Follow.objects.filter(stream=bea.pk)] == [noor]
    assert herself.post("/people/ada/accept").status_code == 404


def test_a_follower_can_be_sent_away_by_oneself_alone(
    noor: Person, ada: Person, as_person: ClientFor
) -> None:
    factories.follow(ada, noor)
    assert "/people/ada/remove" in words(as_person(noor).get("/people/noor/followers"))
    assert "/people/ada/remove" not in words(as_person(ada).get("/people/noor/followers"))
    as_person(noor).post("/people/ada/remove", {"next": "/people/noor/followers"})
    assert not ada.follows.exists()


def test_what_reaches_home_is_chosen_for_each_follow(client: Client, noor: Person, ada: Person) -> None:
    factories.follow(noor, ada)
    assert f'action="/streams/{ada.pk}/delivery"' in words(client.get("/people/ada"))
    response = client.post(
        f"/streams/{ada.pk}/delivery", {"place": "home", "comments": "none", "reshares": "on"}
    )
    assert response["Location"] == "/people/ada"
    follow = noor.follows.get()
    assert (follow.place, follow.comments, follow.reshares) == ("home", "none", True)


def test_nothing_is_chosen_for_what_one_does_not_follow(client: Client, noor: Person, ada: Person) -> None:
    assert client.post(f"/streams/{ada.pk}/delivery", {"place": "home"}).status_code == 404
    factories.follow(noor, ada)
    assert client.post(f"/streams/{ada.pk}/delivery", {"place": "moon", "comments": "all"}).status_code == 400
    for wrong in ({}, {"comments": "on"}):
        assert client.post(f"/streams/{ada.pk}/delivery", {"place": "home", **wrong}).status_code == 400


@pytest.mark.parametrize("path", ["/people/ada/mute", "/topics/rivers/mute"])
def test_muting_for_a_time_for_good_and_no_longer(
    client: Client, noor: Person, ada: Person, path: str
) -> None:
    factories.topic("rivers")
    client.post(path, {"for": "day"})
    assert Mute.objects.get().until is not None
    client.post(path)
    assert Mute.objects.get().until is None
    assert "Unmute" in words(client.get(path.removesuffix("/mute")))
    client.post(path, {"undo": "1"})
    assert not Mute.objects.exists()


def test_a_topic_that_nobody_used_can_be_muted_and_let_in_again(client: Client, noor: Person) -> None:
    client.post("/topics/limpets/mute")
    assert Mute.objects.get().topic.name == "limpets"
    assert "Unmute" in words(client.get("/topics/limpets"))
    client.post("/topics/limpets/mute", {"undo": "1"})
    assert not Mute.objects.exists()


def test_blocking_leads_home_and_says_what_happened(client: Client, noor: Person, ada: Person) -> None:
    response = client.post("/people/ada/block", follow=True)
    assert response.redirect_chain == [("/", 303)]
    assert "You and Ada no longer see each other." in words(response)


def test_the_first_steps_follow_what_was_chosen_and_pass_over_the_rest(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    rivers, group = factories.topic("rivers"), factories.group(ada)
    blocks.block(ben, noor)
    chosen = [ada.pk, ben.pk, rivers.pk, group.pk, noor.pk, 987654321, "x", 2**64]
    response = client.post("/start", {"stream": chosen})
    assert (response.status_code, response["Location"]) == (303, "/")
    assert set(Follow.objects.filter(follower=noor).values_list("stream", flat=True)) == {ada.pk, rivers.pk}
