"""The command that merges topics."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from network.models import Person
from tests.support import factories
from tests.support.factories import fresh


@pytest.mark.django_db
def test_the_alias_refers_to_the_merged_topic() -> None:
    ada = factories.person("ada")
    post = factories.post(ada, "On #sourdough")
    bread = factories.topic("bread")
    call_command("merge_topic", "#Sourdough", "bread", by="ada")
    assert fresh(factories.topic("sourdough")) == bread
    assert post.about.get().topic == bread


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("alias", "into", "by"),
    [("none", "bread", "ada"), ("bread", "bread", "ada"), ("bread", "#!", "ada"), ("bread", "rye", "nobody")],
)
def test_a_refused_merge_prints_the_reason(alias: str, into: str, by: str) -> None:
    factories.person("ada")
    factories.topic("bread")
    factories.topic("rye")
    with pytest.raises(CommandError):
        call_command("merge_topic", alias, into, by=by)
    assert Person.objects.count() == 1
