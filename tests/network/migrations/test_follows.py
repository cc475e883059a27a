"""Migrations of follows work in both directions and keep the data correct."""

from __future__ import annotations

from django.db import connection

from network.actions import follows, topics
from network.models import Follow, Group, Publication
from tests.network.migrations.conftest import Migrate
from tests.support import factories

Comments, HOME = Follow.Comments, Follow.Place.HOME


def test_a_follow_keeps_the_chosen_level_of_comments_and_otherwise_gets_some(migrate: Migrate) -> None:
    ada, ben, chi, dan, eve = (factories.person(handle) for handle in ("ada", "ben", "chi", "dan", "eve"))
    tides, flood = factories.topic("tides"), factories.topic("flood")
    group = factories.group(ada, Group.Kind.OPEN, ben)
    for followed in (ada, chi, dan, eve, flood):
        factories.follow(ben, followed)
    follows.deliver(ben, ada.stream, place=HOME, comments=Comments.ALL)
    follows.deliver(ben, chi.stream, place=HOME, comments=Comments.NONE)
    follows.deliver(ben, dan.stream, place=HOME, comments=Comments.ALL)
    follows.unfollow(ben, dan.stream)
    factories.follow(ben, dan)
    follows.deliver(ben, flood.stream, place=HOME, reshares=False)
    topics.merge(ada, flood, tides)
    answer = factories.comment(chi, factories.comment(ben, factories.post(ada, "On #tides")))
    kept = set(Publication.objects.values_list("stream", "activity", "kind", "answered"))
    assert {row[3] for row in kept if row[1] == answer.pk} == {ben.pk}

    migrate.before("0014_some_comments")
    with connection.cursor() as cursor:
        cursor.execute("SELECT stream_id, comments FROM network_follow WHERE follower_id = %s", [ben.pk])
        before = {stream: bool(comments) for stream, comments in cursor.fetchall()}
    assert before == {of.pk: of != chi for of in (ada, chi, dan, eve, tides, group)}, (
        "all or nothing, as it was"
    )

    migrate.forth()
    assert dict(Follow.objects.filter(follower=ben).values_list("stream", "comments")) == {
        ada.pk: "all",
        chi.pk: "none",
        dan.pk: "some",  # its saved choice belonged to a follow that ended
        eve.pk: "some",
        tides.pk: "all",
        group.pk: "all",
    }
    assert set(Publication.objects.values_list("stream", "activity", "kind", "answered")) == kept
