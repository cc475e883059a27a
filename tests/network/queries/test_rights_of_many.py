"""The rights of many people, read at once, equal the rights that are read for each of them."""

from collections.abc import Callable

import pytest
from django.db.models import Exists, OuterRef

from network.actions import blocks, memberships, mutes, posts, threads
from network.models import Follow, Group, Person, Post
from network.queries.rights import may_read, not_muted
from tests.support import factories


@pytest.fixture
def people(db: None) -> list[Person]:
    """Six people with different relations, and a thread of each audience."""
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
def test_rights_of_many_equal_the_rights_of_each(people: list[Person], rule: Callable) -> None:
    answers = set()
    for post in Post.objects.all():
        one_by_one = {
            viewer.pk for viewer in people if Post.objects.filter(rule(viewer), pk=post.pk).exists()
        }
        at_once = Person.objects.filter(Exists(Post.objects.filter(rule(OuterRef("pk")), pk=post.pk)))
        assert set(at_once.values_list("pk", flat=True)) == one_by_one
        answers.add(frozenset(one_by_one))
    assert len(answers) >= 4  # the fixture has people with different rights
