"""The navigation: the menu on a phone, and its counts."""

from __future__ import annotations

from django.template import Context, Template

from network.models import Person


def rail_of(person: Person, unread_messages: int) -> str:
    return Template("{% load pages %}{% rail %}").render(
        Context({"person": person, "unread_messages": unread_messages})
    )


def test_the_menu_of_a_phone_shows_the_number_of_unread_messages(noor: Person) -> None:
    rail = " ".join(rail_of(noor, 2).split())
    _, menu = rail.split("<details")
    assert '<span class="count">2<span class="vh"> new messages</span></span></summary>' in menu
    assert '<span>Messages</span> <span class="count">2<span class="vh"> new</span></span>' in menu
    assert (
        rail.count('class="count"') == 1 + 1 + 2
    )  # one of notifications, one of messages in the rail, two in the menu
    assert "new messages" not in rail_of(noor, 0)
