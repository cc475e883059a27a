"""Asking which of many people may read a post says the same as asking for each of them."""

from collections.abc import Callable

import pytest
from django.db.models import Exists, OuterRef

from network.actions import blocks, memberships, mutes, posts, threads
from network.models import Follow, Group, Person, Post
from network.queries.rights import may_read, not_muted
from tests.support import factories


@pytest.fixture
def people(db: None) -> list[Person]:
    """Six people with something between them, and a thread of each audience."""
    ada, ben, chi, dan, eva, fay = people = [factories.person() for _ in range(6)]
    factories.follow(ben, ada)
    hidden = factories.group(ada, Group.Kind.HIDDEN, ben, chi)
    memberships.give_role(ada, hidden, chi, Follow.Role.MODERATOR)
    roots = [
        factories.post(ada),
        factories.post(ada, audience=Post.Audience.FOLLOWERS),
        factories.post(ada, group=hidden),
        factories.post(ada, audience=Post.Audience.DIRECT, to=(chi,)),
        factories.post(dan, "The #tide turns."),
    ]
    comments = [factories.comment(ada, root) for root in roots]
    threads.hide_comment(dan, comments[4])
    posts.delete(ada, comments[0])
    blocks.block(ada, fay)
    blocks.block(eva, ada)
    blocks.block(chi, ada)
    mutes.mute_person(ben, dan)
    mutes.mute_topic(chi, factories.topic("tide"))
    mutes.mute_word(eva, "saw")
    mutes.mute_thread(dan, roots[0])
    return people


@pytest.mark.parametrize("rule", [may_read, not_muted])
def test_many_at_once_are_told_apart_as_one_by_one(people: list[Person], rule: Callable) -> None:
    answers = set()
    for post in Post.objects.all():
        one_by_one = {
            viewer.pk for viewer in people if Post.objects.filter(rule(viewer), pk=post.pk).exists()
        }
        at_once = Person.objects.filter(Exists(Post.objects.filter(rule(OuterRef("pk")), pk=post.pk)))
        assert set(at_once.values_list("pk", flat=True)) == one_by_one
        answers.add(frozenset(one_by_one))
    assert len(answers) >= 4  # the fixture tells people apart
