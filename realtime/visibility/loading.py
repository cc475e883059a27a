"""Load the properties of posts that decide who may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Min, QuerySet

from network.models import Addressee, Group, Post, PostTopic
from network.queries.compiled import fetch
from network.queries.parameters import ParameterList
from realtime.protocol.post_visibility import PostVisibility


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
