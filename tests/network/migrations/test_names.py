"""The migration fills the search words and the skeletons of existing names."""

from __future__ import annotations

from django.db import connection

from network.actions import people
from network.models import FormerHandle, Group, Person, SearchWord
from tests.network.migrations.conftest import Migrate
from tests.support import factories


def test_existing_names_can_be_found_and_new_handles_cannot_imitate_them(migrate: Migrate) -> None:
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
