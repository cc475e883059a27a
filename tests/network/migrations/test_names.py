"""Names get the words that find them, and what they look like."""

from __future__ import annotations

from django.db import connection

from network.actions import people
from network.models import FormerHandle, Group, Person, SearchWord
from tests.network.migrations.conftest import Migrate
from tests.support import factories


def test_names_of_before_are_found_and_look_like_nobody_new(migrate: Migrate) -> None:
    noor = factories.person("noor", name="Élodie O’Brien")
    people.rename(noor, "lovelace")
    factories.group(noor, Group.Kind.HIDDEN, name="Schulgärten")
    factories.topic("tidal_ecology")
    earlier, later = factories.person("emma"), factories.person("other")
    words = sorted(SearchWord.objects.exclude(stream=later.pk).values_list("stream", "word"))

    migrate.before("0013_names_by_likeness_and_words")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE network_person SET handle = 'ernma' WHERE stream_id = %s", [later.pk])
    migrate.forth()

    assert sorted(SearchWord.objects.exclude(stream=later.pk).values_list("stream", "word")) == words
    assert SearchWord.objects.filter(stream=later.pk, word="ernma").exists()
    assert FormerHandle.objects.get().skeleton == "noor"
    skeletons = dict(Person.objects.values_list("pk", "skeleton"))
    assert skeletons == {noor.pk: "lovelace", earlier.pk: "ernrna", later.pk: None}
