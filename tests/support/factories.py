"""Test data made by the real actions: people, posts, groups, topics."""

from __future__ import annotations

import itertools
from typing import Any, TypeVar

from django.db import models

from network.actions import follows, groups, memberships, people, posts, topics
from network.actions.drafts import Draft, PollDraft
from network.actions.groups import GroupDraft
from network.forms.destinations import HOME, Destination, of_thread
from network.models import Follow, Group, Person, Post, Topic, User

M = TypeVar("M", bound=models.Model)
_numbers = itertools.count(1)


def person(handle: str = "", *, name: str = "", approves: bool = False, user: User | None = None) -> Person:
    """A new person. Without a handle, one is made up."""
    handle = handle or f"person{next(_numbers)}"
    made = people.register(handle, name or handle.capitalize(), user=user)
    if approves:
        people.set_privacy(made, people.Privacy(approves_followers=True, hides_follows=False))
    return made


def user(handle: str, password: str = "correct horse battery") -> User:
    """A user who can sign in as `handle`, with a person."""
    made = User.objects.create_user(username=handle, password=password)
    person(handle, user=made)
    return made


def post(author: Person, text: str = "The tide turns at six.", **draft: Any) -> Post:
    return posts.publish(author, Draft(text, **draft))


def comment(author: Person, parent: Post, text: str = "I saw it too.", **draft: Any) -> Post:
    return posts.publish(author, Draft(text, parent=parent, **draft))


def poll(author: Person, *options: str, multiple: bool = False, **draft: Any) -> Post:
    return post(author, poll=PollDraft(options or ("Tea", "Coffee"), multiple=multiple), **draft)


def topic(name: str) -> Topic:
    return topics.named([name])[name]


def group(owner: Person, kind: Group.Kind = Group.Kind.OPEN, *members: Person, name: str = "") -> Group:
    """A group of `owner` with plain `members`. Any kind can have members."""
    made = groups.create(owner, GroupDraft(name or f"Group {next(_numbers)}", kind))
    for member in members:
        join(member, made)
    return made


def join(member: Person, into: Group, role: Follow.Role = Follow.Role.MEMBER) -> Follow:
    """Make a person a member, as an invitation does."""
    membership = memberships.enter(member, into)
    if role != Follow.Role.MEMBER:
        owner = Person.objects.get(follows__stream=into.pk, follows__role=Follow.Role.OWNER)
        memberships.give_role(owner, into, member, role)
        membership.refresh_from_db()
    return membership


def follow(follower: Person, followed: Person | Topic, *, comments: Follow.Comments | None = None) -> Follow:
    """Follow a person or topic. A follow request is accepted."""
    made = follows.follow(follower, followed.stream)
    if made.state == Follow.State.REQUESTED and isinstance(followed, Person):
        follows.accept(followed, follower)
    if comments is not None:
        follows.deliver(follower, made.stream, place=Follow.Place.HOME, comments=comments)
    made.refresh_from_db()
    return made


def form(person: Person, made_for: Destination = HOME, **fields: Any) -> dict[str, Any]:
    """The data of a form of `person`: the signed destination, and its fields."""
    return {"destination": made_for.signed(person)} | fields


def answer(person: Person, parent: Post, text: str = "I saw it too.", **fields: Any) -> dict[str, Any]:
    """The data of a form for a comment."""
    return form(person, of_thread(parent), parent=str(parent.pk), text=text, **fields)


def fresh(row: M) -> M:
    """The row as it is stored now."""
    return type(row)._default_manager.get(pk=row.pk)
