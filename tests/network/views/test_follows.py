"""Buttons that follow, mute and block: with a form, with htmx, and signed out. Also requests and the settings of delivery."""

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
def test_the_redirect_stays_on_this_site(client: Client, noor: Person, ada: Person, to: str) -> None:
    assert client.post("/people/ada/follow", {"next": to})["Location"] == "/people/ada"


def test_with_htmx_only_the_button_is_returned(client: Client, noor: Person, ada: Person) -> None:
    page = words(client.post("/people/ada/follow", headers=HTMX))
    assert "<html" not in page
    assert 'name="undo" value="1"' in page
    assert "Following" in page
    assert "aria-pressed" not in page
    assert 'name="undo"' not in words(client.post("/people/ada/follow", {"undo": "1"}, headers=HTMX))


def test_an_anonymous_visitor_signs_in_first(db: None, client: Client, ada: Person) -> None:
    response = client.post("/people/ada/follow", {"next": "/people/ada"})
    assert response["Location"] == "/accounts/login/?next=/people/ada"
    assert not Follow.objects.exists()


def test_get_does_not_follow(client: Client, noor: Person, ada: Person) -> None:
    for path in ("/people/ada/follow", "/people/ada/mute", "/people/ada/block", "/topics/rivers/follow"):
        assert client.get(path).status_code == 405


def test_a_form_without_csrf_token_does_nothing(noor: Person, ada: Person) -> None:
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


def test_only_the_followed_person_removes_a_follower(noor: Person, ada: Person, as_person: ClientFor) -> None:
    factories.follow(ada, noor)
    assert "/people/ada/remove" in words(as_person(noor).get("/people/noor/followers"))
    assert "/people/ada/remove" not in words(as_person(ada).get("/people/noor/followers"))
    as_person(noor).post("/people/ada/remove", {"next": "/people/noor/followers"})
    assert not ada.follows.exists()


def test_delivery_is_set_for_each_follow(client: Client, noor: Person, ada: Person) -> None:
    factories.follow(noor, ada)
    assert f'action="/streams/{ada.pk}/delivery"' in words(client.get("/people/ada"))
    response = client.post(
        f"/streams/{ada.pk}/delivery", {"place": "home", "comments": "none", "reshares": "on"}
    )
    assert response["Location"] == "/people/ada"
    follow = noor.follows.get()
    assert (follow.place, follow.comments, follow.reshares) == ("home", "none", True)


def test_delivery_cannot_be_set_without_a_follow(client: Client, noor: Person, ada: Person) -> None:
    assert client.post(f"/streams/{ada.pk}/delivery", {"place": "home"}).status_code == 404
    factories.follow(noor, ada)
    assert client.post(f"/streams/{ada.pk}/delivery", {"place": "moon", "comments": "all"}).status_code == 400
    for wrong in ({}, {"comments": "on"}):
        assert client.post(f"/streams/{ada.pk}/delivery", {"place": "home", **wrong}).status_code == 400


@pytest.mark.parametrize("path", ["/people/ada/mute", "/topics/rivers/mute"])
def test_muting_for_a_time_and_without_end_and_unmuting(
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


def test_an_unused_topic_can_be_muted_and_unmuted(client: Client, noor: Person) -> None:
    client.post("/topics/limpets/mute")
    assert Mute.objects.get().topic.name == "limpets"
    assert "Unmute" in words(client.get("/topics/limpets"))
    client.post("/topics/limpets/mute", {"undo": "1"})
    assert not Mute.objects.exists()


def test_blocking_redirects_home_with_a_message(client: Client, noor: Person, ada: Person) -> None:
    response = client.post("/people/ada/block", follow=True)
    assert response.redirect_chain == [("/", 303)]
    assert "You and Ada no longer see each other." in words(response)


def test_the_first_steps_follow_only_the_chosen_objects(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    rivers, group = factories.topic("rivers"), factories.group(ada)
    blocks.block(ben, noor)
    chosen = [ada.pk, ben.pk, rivers.pk, group.pk, noor.pk, 987654321, "x", 2**64]
    response = client.post("/start", {"stream": chosen})
    assert (response.status_code, response["Location"]) == (303, "/")
    assert set(Follow.objects.filter(follower=noor).values_list("stream", flat=True)) == {ada.pk, rivers.pk}
