"""Settings: profile, handle, privacy, reading, zone, mutes and blocks."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from network.actions import blocks, mutes
from network.actions.drafts import PollDraft
from network.models import Activity, Block, FormerHandle, Mute, Person
from tests.support import factories
from tests.support.factories import fresh

PAGES = ("settings", "settings_privacy", "settings_home", "settings_filters", "settings_looks")
PROFILE = {
    "name": "Noor Abbasi",
    "handle": "noor",
    "bio": "I count.",
    "knows": "Looms\nPoetry",
    "wants": "",
    "links": "https://example.org My garden",
    "language": "en",
}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_needs_signing_in(name: str, client: Client, noor: Person) -> None:
    assert client.get(reverse(name)).status_code == 200
    assert Client().get(reverse(name)).status_code == 303


def test_a_profile_is_stored(client: Client, noor: Person) -> None:
    assert client.post(reverse("settings"), PROFILE).status_code == 303
    kept = fresh(noor)
    assert (kept.name, kept.bio_html.strip()) == ("Noor Abbasi", '<p dir="auto">I count.</p>')
    assert kept.knows == ["Looms", "Poetry"]
    assert kept.links == [{"title": "My garden", "url": "https://example.org"}]


def test_the_former_handle_redirects_to_the_new_one(client: Client, noor: Person) -> None:
    client.post(reverse("settings"), PROFILE | {"handle": "lovelace"})
    assert fresh(noor).handle == "lovelace"
    assert fresh(noor).user.username == "lovelace"
    assert FormerHandle.objects.get().handle == "noor"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"handle": "a"},
        {"handle": "admin"},
        {"handle": "ben"},
        {"handle": "mod3rator"},
        {"name": "Administrator"},
        {"links": "https://bank.example@evil.example/"},
        {"bio": "x" * 1001},
        {"links": "javascript:alert(1) Click"},
        {"links": "example.org"},
        {"language": "klingon"},
        {"knows": "x" * 81},
        {"knows": "\n".join(f"Thing {n}" for n in range(30))},
        {"wants": "\n".join(f"Thing {n}" for n in range(30))},
        {"links": "\n".join(f"https://example.org/{n}" for n in range(30))},
    ],
)
def test_a_refused_profile_comes_back_unchanged(
    wrong: dict[str, str], client: Client, noor: Person, ben: Person
):
    answer = client.post(reverse("settings"), PROFILE | {"name": "Another"} | wrong)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert fresh(noor).name == noor.name


def test_switching_approval_off_accepts_all_requests(client: Client, noor: Person, ben: Person) -> None:
    client.post(reverse("settings_privacy"), {"approves_followers": "on"})
    from network.actions import follows

    assert follows.follow(ben, noor.stream).state == "requested"
    client.post(reverse("settings_privacy"), {"hides_follows": "on"})
    assert fresh(noor).hides_follows
    assert ben.follows.get().state == "accepted"


def test_a_person_who_opted_out_is_not_shown_in_groups(client: Client, noor: Person) -> None:
    page = client.get(reverse("settings_privacy"))
    assert page.context["form"]["shows_presence"].value() is True
    client.post(reverse("settings_privacy"), {})
    assert fresh(noor).shows_presence is False
    client.post(reverse("settings_privacy"), {"shows_presence": "on"})
    assert fresh(noor).shows_presence is True


def test_the_colour_scheme_applies_to_the_next_page(client: Client, noor: Person) -> None:
    client.post(reverse("settings_looks"), {"scheme": "slate", "letter_keys": "on"})
    page = client.get(reverse("about")).content.decode()
    assert 'data-scheme="slate"' in page
    assert "js/keyboard." in page


class TestZone:
    def test_the_zone_is_the_devices_until_one_is_chosen(self, client: Client, noor: Person) -> None:
        assert 'data-zone="UTC" data-zone-saved=' in page(client)
        client.post(reverse("settings_zone"), {"zone": "Asia/Tokyo"})
        assert fresh(noor).zone == "Asia/Tokyo"

        client.post(reverse("settings_looks"), {"zone": "Europe/Berlin"})
        client.post(reverse("settings_zone"), {"zone": "Asia/Tokyo"})
        assert fresh(noor).zone == "Europe/Berlin"
        assert "data-zone-saved" not in page(client)

        client.post(reverse("settings_looks"), {"zone": ""})
        client.post(reverse("settings_zone"), {"zone": "Asia/Tokyo"})
        assert fresh(noor).zone == "Asia/Tokyo"

    @pytest.mark.parametrize(
        "wrong", ["", "Atlantis", "localtime", "Factory", "../etc/passwd", "Europe/Berlin\0", "x" * 5000]
    )
    def test_an_unknown_zone_is_refused(self, client: Client, noor: Person, wrong: str) -> None:
        assert client.post(reverse("settings_zone"), {"zone": wrong}).status_code == 400
        assert wrong == "" or client.post(reverse("settings_looks"), {"zone": wrong}).status_code == 400
        assert fresh(noor).zone == ""

    def test_the_same_zone_is_recorded_once(self, client: Client, noor: Person) -> None:
        before = Activity.objects.count()
        for _ in range(2):
            client.post(reverse("settings_zone"), {"zone": "Asia/Tokyo"})
        assert Activity.objects.count() == before + 1

    def test_pages_show_times_in_the_zone_and_name_it(self, client: Client, noor: Person) -> None:
        with time_machine.travel("2027-03-03T20:30:00Z", tick=False):
            client.force_login(noor.user)
            post = factories.post(noor)
            address = post.get_absolute_url()
            assert 'title="March 3, 2027, 8:30 p.m. UTC"' in client.get(address).content.decode()
            client.post(reverse("settings_zone"), {"zone": "Asia/Tokyo"})
            assert 'title="March 4, 2027, 5:30 a.m. JST"' in client.get(address).content.decode()
            assert "Thursday, 4 March" in client.get(reverse("home")).content.decode()
            client.post(reverse("settings_zone"), {"zone": "America/Sao_Paulo"})
            assert 'title="March 3, 2027, 5:30 p.m. UTC-03"' in client.get(address).content.decode()

    def test_a_poll_of_thirty_days_is_open_for_thirty_days(self, client: Client, noor: Person) -> None:
        poll = PollDraft(("Tea", "Coffee"), timedelta(days=30))
        post = factories.post(factories.person(), poll=poll)
        with time_machine.travel(post.published_at + timedelta(minutes=20), tick=False):
            assert "30 days</time>" in client.get(post.get_absolute_url()).content.decode()


def page(client: Client) -> str:
    return " ".join(client.get(reverse("about")).content.decode().split())


def test_a_word_is_muted_and_unmuted(client: Client, noor: Person) -> None:
    client.post(reverse("settings_filters"), {"word": "Climate  Change", "days": "7"})
    mute = Mute.objects.get(person=noor)
    assert mute.word == " climate change "
    assert "“Climate Change”" in client.get(reverse("settings_filters")).content.decode()
    assert mute.until is not None
    client.post(reverse("unmute", args=[mute.pk]))
    assert not Mute.objects.exists()


@pytest.mark.parametrize("wrong", [{"word": ""}, {"word": "!?"}, {"days": "x"}, {"word": "x" * 200}])
def test_an_invalid_word_is_refused(wrong: dict[str, str], client: Client, noor: Person) -> None:
    answer = client.post(reverse("settings_filters"), {"word": "rain", "days": "0"} | wrong)
    assert answer.status_code == 400
    assert not Mute.objects.exists()


def test_mutes_and_blocks_of_others_cannot_be_removed(
    client: Client, noor: Person, ben: Person, chi: Person
) -> None:
    mute = mutes.mute_word(ben, "rain")
    blocks.block(ben, chi)
    assert client.post(reverse("unmute", args=[mute.pk])).status_code == 404
    assert client.post(reverse("unblock", args=[chi.pk])).status_code == 404
    assert Mute.objects.exists()
    assert Block.objects.exists()


def test_a_block_is_removed(client: Client, noor: Person, ben: Person) -> None:
    blocks.block(noor, ben)
    assert "ben" in client.get(reverse("settings_filters")).content.decode()
    client.post(reverse("unblock", args=[ben.pk]))
    assert not Block.objects.exists()


def test_the_number_of_queries_is_the_same_for_many_follows(
    client: Client, noor: Person, django_assert_max_num_queries
):
    for number in range(30):
        factories.follow(noor, factories.topic(f"topic{number}"))
    with django_assert_max_num_queries(8):
        page = client.get(reverse("settings_home")).content.decode()
    assert "topic29" in page
