"""The migration computes the words of posts and mutes again, and mutes show the typed text."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from network.models import Mute, Person, Post
from tests.support import factories
from tests.support.factories import fresh


@pytest.mark.django_db
def test_words_of_posts_and_mutes_are_computed_again(ada: Person) -> None:
    post = factories.post(ada, "인공지능은 어렵다")
    Post.objects.filter(pk=post.pk).update(words=" 인공지능은 어렵다 ")
    poll = factories.poll(ada, "Nuclear", "Wind")
    Post.objects.filter(pk=poll.pk).update(words=" which ")
    for word in (" 인공지능은 ", " ışık ", " işik ", " don t ", " l eau "):
        Mute.objects.create(person=ada, word=word)

    import_module("network.migrations.0011_words_of_every_script").read_anew(apps, None)

    assert fresh(post).words == " 인공지능 은 어렵 다 "
    assert fresh(poll).words.endswith(" nuclear  wind ")
    assert set(Mute.objects.values_list("word", "written")) == {
        (" 인공지능 은 ", "인공지능은"),
        (" işik ", "işik"),
        (" don't ", "don't"),
        (" l' eau ", "l'eau"),
    }
