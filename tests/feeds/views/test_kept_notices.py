"""Lines of notices are rendered once. What changes is seen at the next read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.test import Client

from feeds.notifications.rendering import NotificationText
from feeds.templatetags import notifications
from network import rendering
from network.actions import blocks, edits, follows, groups, likes, memberships, mutes, people, posts
from network.actions.drafts import Draft
from network.actions.groups import GroupDraft
from network.actions.people import Privacy, Profile
from network.models import Group, Person
from network.values import Excerpt, Named
from tests.feeds.views.test_kept_values import assert_is_plain
from tests.support import factories
from tests.support.feeds.conversation import read
from tests.support.feeds.notifications import notify_all

pytestmark = pytest.mark.django_db


class Shore:
    """Noor's notices: of a comment on her post, a like of it, a request, and a thread that names her."""

    def __init__(self, noor: Person, ada: Person, ben: Person) -> None:
        self.noor, self.ada, self.ben = noor, ada, ben
        self.post = factories.post(noor, "It turns at six.", title="Tides")
        self.comment = factories.comment(ada, self.post, "I was late.")
        likes.like(ben, self.post)
        self.group = factories.group(noor, Group.Kind.REQUEST, name="Strand")
        memberships.join(ben, self.group)
        self.other = factories.post(ada, "Is it so, @noor?", title="Moons")
        notify_all()


@pytest.fixture
def shore(noor: Person, ada: Person, ben: Person) -> Shore:
    return Shore(noor, ada, ben)


CHANGES: dict[str, tuple[Callable[[Shore], object], str, str]] = {
    "a name": (lambda s: people.describe(s.ada, Profile("Adalia")), ">Ada</a>", ">Adalia</a>"),
    "a handle": (lambda s: people.rename(s.ada, "adalia"), '/people/ada"', '/people/adalia"'),
    "a title": (
        lambda s: edits.edit(s.noor, s.post, Draft("It turns at six.", title="Ebbs")),
        ">Tides</a>",
        ">Ebbs</a>",
    ),
    "what was written": (
        lambda s: edits.edit(s.ada, s.comment, Draft("I was early.")),
        "I was late.",
        "I was early.",
    ),
    "a group": (
        lambda s: groups.edit(s.noor, s.group, GroupDraft("Beach", Group.Kind.REQUEST)),
        ">Strand</a>",
        ">Beach</a>",
    ),
    "who thanks": (
        lambda s: (likes.like(s.ada, s.post), notify_all()),
        ">Ben</a> thanked you for",
        ">Ben</a> thanked you for",
    ),
    "an answer to a request": (lambda s: memberships.accept(s.noor, s.group, s.ben), "Let in", ""),
    "a post that goes": (lambda s: posts.delete(s.ada, s.other), ">Moons</a>", ""),
    "a mute": (lambda s: mutes.mute_word(s.noor, "late"), "I was late.", ""),
    "a block": (lambda s: blocks.block(s.ben, s.noor), ">Ben</a> thanked you for", ""),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_is_seen(client: Client, shore: Shore, what: str) -> None:
    change, before, after = CHANGES[what]
    first = read(client, "/notices")
    assert before in first
    change(shore)
    kept = read(client, "/notices")
    assert kept != first
    assert after in kept
    assert before == after or before not in kept
    rendering.forget()
    assert read(client, "/notices") == kept


def test_a_zone_has_its_own(client: Client, shore: Shore) -> None:
    assert "NZDT" not in read(client, "/notices")
    Person.objects.filter(pk=shore.noor.pk).update(zone="Pacific/Auckland", zone_chosen=True)
    with time_machine.travel("2027-01-05 12:00Z"):
        assert "NZDT" in read(client, "/notices")


def test_values_are_plain_and_hold_no_form(client: Client, shore: Shore) -> None:
    found: dict[NotificationText, str] = {}
    rendered = rendering.rendered

    def note(template: str, value: Any = None) -> Any:
        found[value] = rendered(template, value)
        return found[value]

    with mock.patch.object(notifications, "rendered", note):
        page = read(client, "/notices")
    assert len(found) == 3
    assert page.count("/accept") == 1
    for value, html in found.items():
        assert_is_plain(value)
        assert "<form" not in html
        assert "csrf" not in html


def test_a_request_has_a_token_that_holds(client: Client, shore: Shore) -> None:
    client.handler.enforce_csrf_checks = True
    for _ in range(2):
        page = client.get("/notices").content.decode()
    let_in = f"/groups/{shore.group.slug}/members/{shore.ben.pk}/accept"
    form = page[page.index(f'action="{let_in}"') :]
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[0]
    assert client.post(let_in, {"next": "/notices"}).status_code == 403
    assert client.post(let_in, {"next": "/notices", "csrfmiddlewaretoken": token}).status_code == 303


def test_they_are_found_again_and_take_no_place_of_a_card(client: Client, shore: Shore) -> None:
    rendering.forget()
    rendering.rendered("posts/_cut.html", Excerpt(7))
    for number in range(rendering.MOST_OWN + 10):
        notice = NotificationText(
            number + 1, "%(who)s", (Named("person", 1, "Ada", "ada"),), 0, "", False, 1, ""
        )
        rendering.rendered("notices/_notice.html", notice)
    assert rendering.kept().currsize == rendering.MOST_OWN + 1
    hits = rendering.kept().hits
    rendering.rendered("posts/_cut.html", Excerpt(7))
    assert rendering.kept().hits == hits + 1
    read(client, "/notices")
    misses = rendering.kept().misses
    read(client, "/notices")
    assert rendering.kept().misses == misses
    rendering.forget()


def test_a_person_who_asks_to_follow_is_let_in_on_the_line(client: Client, noor: Person, ben: Person) -> None:
    people.set_privacy(noor, Privacy(approves_followers=True, hides_follows=False))
    follows.follow(ben, noor.stream)
    notify_all()
    page = read(client, "/notices")
    assert 'action="/people/ben/accept"' in page
    follows.accept(noor, ben)
    assert "/accept" not in read(client, "/notices")
