"""In random worlds, SQL, memory and oracle agree on who may write where, and each change is announced."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet
from hypothesis import settings
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from network.actions import blocks, edits, follows, memberships, threads
from network.actions.drafts import Draft
from network.models import Activity, Group, Post
from network.queries.compiled import fetch
from network.queries.parameters import PERSON
from network.queries.rights import is_admitted
from network.queries.writing import WRITING_RULES, may_write_in
from realtime.announcing import announcements
from realtime.protocol.messages import EVERYBODY, Message
from realtime.visibility import loading, rights, writing
from tests.oracle import World, may_comment
from tests.state_machines import DEEP, QUICK, ActionMachine
from tests.support import factories

Pair = tuple[int, int]  # a person, and the root of a thread
Commenting = Post.Commenting


def in_memory(people: list[int]) -> dict[Pair, bool]:
    """Whether each of some people may write in each thread, by the rule in memory."""
    loaded, roots = rights.load(people), loading.load_threads(Post.objects.filter(parent=None), people)
    return {
        (person, id): writing.may_comment(loaded[person], root)
        for person in people
        for id, root in roots.items()
    }


def compare(people: list[int]) -> None:
    memory, world = in_memory(people), World()
    may = {(person, thread) for person in people for (thread,) in fetch(writable, person=person)}
    assert {pair for pair, allowed in memory.items() if allowed} == may
    assert {pair for pair in memory if may_comment(world, *pair)} == may


def writable() -> QuerySet[Post, Any]:
    """The threads in which PERSON may write, by the condition that actions and pages use."""
    return Post.objects.filter(may_write_in(PERSON), is_admitted(PERSON), parent=None).values_list("pk")


class Process:
    """A process that knows who may write where, and asks again only where an announcement names them."""

    def __init__(self, people: list[int]) -> None:
        self.people = people
        self.known = in_memory(people)
        self.received = Activity.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def receive(self) -> None:
        activities = Activity.objects.filter(pk__gt=self.received).order_by("pk").select_related("post")
        messages = announcements.messages_of(list(activities))
        self.received = max([self.received, *(message.id for message in messages)])
        fresh, group_of = in_memory(self.people), dict(Post.objects.values_list("pk", "group"))
        for pair in fresh:
            is_named = any(names(message, pair, group_of[pair[1]]) for message in messages)
            if pair not in self.known or is_named:
                self.known[pair] = fresh[pair]


def names(message: Message, pair: Pair, group: int | None) -> bool:
    """Whether the page on which a person has a thread of a group catches up after a message."""
    person, thread = pair
    match message.type:
        case "rights":
            return not {EVERYBODY, person}.isdisjoint(message.people)
        case "group":
            return group in message.streams
        case "writing":
            return person in message.people or thread == message.thread
    return False


class Writers(ActionMachine):
    @initialize()
    def begin(self) -> None:
        self.process = Process(self.people)

    @invariant()
    def announcements_keep_a_process_current(self) -> None:
        self.process.receive()
        assert self.process.known == in_memory(self.people)

    @rule()
    def look(self) -> None:
        """It is slow, so it runs now and then, and at the end."""
        compare(self.people)

    def teardown(self) -> None:
        try:
            self.look()
        finally:
            super().teardown()


@pytest.mark.django_db
def test_sql_memory_and_oracle_agree() -> None:
    run_state_machine_as_test(Writers, settings=settings(QUICK, max_examples=6))


@pytest.mark.slow
@pytest.mark.django_db
def test_sql_memory_and_oracle_agree_for_long() -> None:
    run_state_machine_as_test(Writers, settings=DEEP)


@pytest.mark.django_db
def test_each_act_that_changes_who_may_write_is_announced() -> None:
    """Each of these acts changes it, but for the requests; so each type of `changed_by` is one that does."""
    ada, ben, chi = (factories.person(name, approves=name == "chi") for name in ("ada", "ben", "chi"))
    group = factories.group(ada, Group.Kind.OPEN, ben, chi)
    thread = factories.post(ada, group=group, commenting=Commenting.FOLLOWED)
    process = Process([ada.pk, ben.pk, chi.pk])
    types, before = set(), dict(process.known)
    for act in (
        lambda: follows.follow(ada, ben.stream),
        lambda: follows.unfollow(ada, ben.stream),
        lambda: follows.follow(ada, chi.stream),
        lambda: follows.accept(chi, ada),
        lambda: follows.remove_follower(chi, ada),
        lambda: follows.follow(ada, ben.stream),
        lambda: blocks.block(ben, ada),
        lambda: threads.say_who_may_comment(ada, thread, Commenting.EVERYONE),
        lambda: blocks.unblock(ben, ada),
        lambda: threads.say_who_may_comment(ada, thread, Commenting.NAMED),
        lambda: edits.edit(ada, thread, Draft("Ask @chi.", commenting=Commenting.NAMED)),
        lambda: edits.edit(ada, thread, Draft("Ask somebody.", commenting=Commenting.NAMED)),
        lambda: threads.say_who_may_comment(ada, thread, Commenting.EVERYONE),
        lambda: memberships.leave(ben, group),
    ):
        act()
        process.receive()
        assert process.known == in_memory(process.people)
        if process.known != before:
            types |= set(Activity.objects.order_by("-pk").values_list("type", flat=True)[:1])
            before = dict(process.known)
    assert types >= set().union(*(rule.changed_by for rule in WRITING_RULES.values())) - {
        Activity.Type.FOLLOW
    }


@pytest.mark.django_db
def test_threads_take_the_same_queries_for_any_number(django_assert_num_queries) -> None:
    ada, ben = factories.person("ada"), factories.person("ben")
    with django_assert_num_queries(1):
        assert loading.load_threads(Post.objects.filter(parent=None), [ben.pk]) == {}
    for commenting, most in ((Commenting.EVERYONE, 3), (Commenting.FOLLOWED, 4), (Commenting.NAMED, 5)):
        for _ in range(3):
            factories.post(ada, commenting=commenting)
        with django_assert_num_queries(most):
            loading.load_threads(Post.objects.filter(parent=None), [ben.pk])
