"""Migrations: what an earlier version left is there in the form of this one, and the way back is open."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from network.actions import people
from network.models import FormerHandle, Group, Mute, Person, Post, SearchWord
from tests import making
from tests.making import fresh

NAMES = ("network", "0013_names_by_likeness_and_words")


def migrate(*targets: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))


def before(migration: tuple[str, str]) -> tuple[str, str]:
    (parent,) = MigrationExecutor(connection).loader.graph.node_map[migration].parents
    return parent.key


@pytest.mark.django_db(transaction=True)
def test_names_of_before_are_found_and_look_like_nobody_new() -> None:
    noor = making.person("noor", name="Élodie O’Brien")
    people.rename(noor, "lovelace")
    making.group(noor, Group.Kind.HIDDEN, name="Schulgärten")
    making.topic("tidal_ecology")
    earlier, later = making.person("emma"), making.person("other")
    words = sorted(SearchWord.objects.exclude(stream=later.pk).values_list("stream", "word"))

    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("network")
    migrate(before(NAMES))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE network_person SET handle = 'ernma' WHERE stream_id = %s", [later.pk])
    migrate(*latest)

    assert sorted(SearchWord.objects.exclude(stream=later.pk).values_list("stream", "word")) == words
    assert SearchWord.objects.filter(stream=later.pk, word="ernma").exists()
    assert FormerHandle.objects.get().skeleton == "noor"
    skeletons = dict(Person.objects.values_list("pk", "skeleton"))
    assert skeletons == {noor.pk: "lovelace", earlier.pk: "ernrna", later.pk: None}


@pytest.mark.django_db
def test_words_of_posts_and_mutes_are_read_anew(ada: Person) -> None:
    post = making.post(ada, "인공지능은 어렵다")
    Post.objects.filter(pk=post.pk).update(words=" 인공지능은 어렵다 ")
    poll = making.poll(ada, "Nuclear", "Wind")
    Post.objects.filter(pk=poll.pk).update(words=" which ")
    for word in (" 인공지능은 ", " ışık ", " işik "):
        Mute.objects.create(person=ada, word=word)

    import_module("network.migrations.0011_words_of_every_script").read_anew(apps, None)

    assert fresh(post).words == " 인공지능 은 어렵 다 "
    assert fresh(poll).words.endswith(" nuclear  wind ")
    assert set(Mute.objects.values_list("word", "written")) == {
        (" 인공지능 은 ", "인공지능은"),
        (" işik ", "işik"),
    }
