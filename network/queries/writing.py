"""The rules of who may write in a thread, as conditions of a queryset.

They apply to threads that the person may read, which `network.queries.rights` decides. Pages and actions use
them through `network.queries.posts` and `network.queries.marks`. `realtime/visibility/writing.py` states them
in memory, for presence; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from network.models import Activity, Follow, Mention, Post
from network.queries.parameters import Parameter
from network.queries.rights import Viewer, addressed_to, groups_of

Commenting = Post.Commenting
Type = Activity.Type


def may_write_in(person: Parameter, thread: str = "") -> Q:
    """The threads that `person` may write in, among those they may read.

    One rule is enough. In a group, the person is also a member, and the group is not closed.
    """
    rules = (rule.threads(person, thread) for rule in WRITING_RULES.values())
    return as_member(person, thread) & reduce(or_, rules)


def as_member(person: Viewer, thread: str = "") -> Q:
    """Threads outside of groups, and in groups of `person` that are not closed."""
    return Q(**{f"{thread}group": None}) | Q(
        **{f"{thread}group__closed_at": None, f"{thread}group__in": groups_of(person)}
    )


@dataclass(frozen=True)
class WritingRule:
    """A rule that lets a person write in threads that they may read.

    `threads(person, path)` is its condition; `path` leads from the queried table to the root of the thread.
    The answer can change by activities of the types `changed_by`. One that is about the root changes it for
    everybody; one that is about no post changes it for the people that it names.
    """

    threads: Callable[[Parameter, str], Q]
    changed_by: frozenset[Activity.Type] = frozenset()


def _own_threads(person: Parameter, thread: str) -> Q:
    return Q(**{f"{thread}author": person})


def _threads_for_everyone(person: Parameter, thread: str) -> Q:
    return Q(**{f"{thread}commenting": Commenting.EVERYONE})


def _threads_of_followers(person: Parameter, thread: str) -> Q:
    followers = Follow.objects.filter(stream=person, state=Follow.State.ACCEPTED).values("follower")
    return Q(**{f"{thread}commenting": Commenting.FOLLOWED, f"{thread}author__in": followers})


def _threads_that_name(person: Parameter, thread: str) -> Q:
    names = Mention.objects.filter(person=person).values("post")
    named = Q(**{f"{thread}pk__in": names}) | Q(**{f"{thread}pk__in": addressed_to(person)})
    return Q(**{f"{thread}commenting": Commenting.NAMED}) & named


# All writing rules, by name. A package adds its own when it starts, before any query is compiled. Each has a
# predicate of the same name in `realtime.visibility.writing` and lines in the oracle of the tests.
WRITING_RULES = {
    "author": WritingRule(_own_threads),
    "everyone": WritingRule(_threads_for_everyone, frozenset({Type.UPDATE})),
    "followed": WritingRule(
        _threads_of_followers,
        frozenset({Type.UPDATE, Type.FOLLOW, Type.UNDO, Type.ACCEPT, Type.REJECT, Type.BLOCK}),
    ),
    "named": WritingRule(_threads_that_name, frozenset({Type.UPDATE})),
}
