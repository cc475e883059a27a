"""The rules of who may write in a thread, as conditions of a queryset.

They apply to threads that the person may read, which `network.queries.rights` decides. Pages, actions and the
presence of live pages use them through `network.queries.posts` and `network.queries.marks`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db.models import Q

from network.models import Follow, Mention, Post
from network.queries.parameters import Parameter
from network.queries.rights import Viewer, addressed_to, groups_of

Commenting = Post.Commenting

# A condition: the threads in which a person may write. The path leads from the queried table to the root of
# the thread, such as "thread__".
WritingRule = Callable[[Parameter, str], Q]


def may_write_in(person: Parameter, thread: str = "") -> Q:
    """The threads that `person` may write in, among those they may read.

    One rule is enough. In a group, the person is also a member, and the group is not closed.
    """
    return as_member(person, thread) & reduce(or_, (rule(person, thread) for rule in WRITING_RULES.values()))


def as_member(person: Viewer, thread: str = "") -> Q:
    """Threads outside of groups, and in groups of `person` that are not closed."""
    return Q(**{f"{thread}group": None}) | Q(
        **{f"{thread}group__closed_at": None, f"{thread}group__in": groups_of(person)}
    )


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


# All writing rules, by name. A package adds its own when it starts, before any query is compiled.
WRITING_RULES: dict[str, WritingRule] = {
    "author": _own_threads,
    "everyone": _threads_for_everyone,
    "followed": _threads_of_followers,
    "named": _threads_that_name,
}
