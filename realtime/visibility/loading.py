"""Load the properties of posts and threads that decide who may read them, and who may write in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Min, QuerySet

from network.models import Addressee, Follow, Group, Mention, Post, PostTopic
from network.queries.compiled import fetch
from network.queries.parameters import ParameterList
from realtime.protocol.post_visibility import PostVisibility
from realtime.visibility.writing import FOLLOWED, NAMED, Thread


def load_visibility(post_ids: Iterable[int]) -> dict[int, PostVisibility]:
    """The visibility of some posts, by id. Four queries at most."""
    rows = fetch(_posts, posts=set(post_ids))
    threads = {row[5] for row in rows}
    direct = {row[5] for row in rows if row[7] == Post.Audience.DIRECT}
    topics = _grouped(fetch(_topics, threads=threads))
    addressees = _grouped(fetch(_addressees, threads=direct) if direct else ())
    comments = {row[5] for row in rows if row[12] is not None}
    writers: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for thread, author, first in fetch(_writers, threads=comments) if comments else ():
        writers[thread].append((author, first))
    return {
        row[0]: PostVisibility(
            post=row[0],
            author=row[1],
            is_hidden=row[2] is not None,
            is_deleted=row[3] is not None,
            words=row[4],
            thread=row[5],
            thread_author=row[6],
            audience=row[7],
            group=row[8],
            group_is_open=row[9] == Group.Kind.OPEN,
            topics=frozenset(topics[row[5]]),
            addressees=frozenset(addressees[row[5]]),
            comments=row[10],
            reshares=row[11],
            answered=row[12] or 0,
            people=frozenset(author for author, first in writers[row[5]] if first <= row[0] and row[12]),
        )
        for row in rows
    }


def load_threads(roots: QuerySet[Post], people: Collection[int]) -> dict[int, Thread]:
    """Some threads by the ids of their roots, to decide where some people may write. Seven queries at most.

    Three where no thread is direct, and everybody may comment in each.
    """
    rows = list(roots.values_list("pk", "author", "commenting", "group__closed_at"))
    if not rows:
        return {}
    visibility = load_visibility(row[0] for row in rows)
    follows = Follow.objects.filter(state=Follow.State.ACCEPTED, stream__in=people)
    authors = {author for _pk, author, commenting, _closed in rows if commenting == FOLLOWED}
    followed = _grouped(
        follows.filter(follower__in=authors).values_list("follower", "stream") if authors else ()
    )
    naming = {pk for pk, _author, commenting, _closed in rows if commenting == NAMED}
    mentions = Mention.objects.filter(post__in=naming, person__in=people)
    named = _grouped(mentions.values_list("post", "person") if naming else ())
    return {
        pk: Thread(
            visibility[pk], commenting, closed is not None, frozenset(followed[author]), frozenset(named[pk])
        )
        for pk, author, commenting, closed in rows
        if pk in visibility  # else it was deleted between the queries
    }


def _posts() -> QuerySet[Post, Any]:
    return Post.objects.filter(pk__in=ParameterList("posts")).values_list(
        "pk",
        "author",
        "hidden_at",
        "deleted_at",
        "words",
        "thread",
        "thread__author",
        "thread__audience",
        "thread__group",
        "thread__group__kind",
        "comments_count",
        "reshares_count",
        "parent__author",
    )


def _writers() -> QuerySet[Post, Any]:
    """The authors in some threads, and the first post of each."""
    rows = Post.objects.filter(thread__in=ParameterList("threads")).order_by()
    return rows.values("thread", "author").annotate(first=Min("pk")).values_list("thread", "author", "first")


def _topics() -> QuerySet[PostTopic, Any]:
    return PostTopic.objects.filter(post__in=ParameterList("threads")).values_list("post", "topic")


def _addressees() -> QuerySet[Addressee, Any]:
    return Addressee.objects.filter(thread__in=ParameterList("threads")).values_list("thread", "person")


def _grouped(pairs: Iterable[tuple[int, int]]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found
