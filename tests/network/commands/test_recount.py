"""`recount` prints and corrects wrong counters, and finds none in the next run."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from network.actions import likes, reshares
from network.models import Person, Poll, Post, Stream
from tests.support import factories

pytestmark = pytest.mark.django_db


def recount() -> str:
    out = StringIO()
    call_command("recount", stdout=out)
    return out.getvalue()


def test_counters_of_actions_need_no_correction(ada: Person, ben: Person) -> None:
    post = factories.poll(ada)
    factories.comment(ben, factories.comment(ben, post))
    likes.like(ben, post)
    reshares.reshare(ben, post)
    factories.follow(ben, ada)
    assert recount() == "Nothing to mend.\n"


@pytest.mark.parametrize(
    ("rows", "column", "wrong", "right"),
    [
        (Stream, "followers_count", 7, 1),
        (Post, "comments_count", 7, 1),
        (Post, "likes_count", 7, 1),
        (Post, "reshares_count", 7, 0),
        (Poll, "voters_count", 7, 0),
    ],
)
def test_a_wrong_counter_is_printed_and_corrected(
    ada: Person, ben: Person, rows: type, column: str, wrong: int, right: int
) -> None:
    factories.follow(ben, ada)
    post = factories.poll(ada)
    factories.comment(ben, post)
    likes.like(ben, post)
    row = rows.objects.get(pk=ada.pk if rows is Stream else post.pk)
    rows.objects.filter(pk=row.pk).update(**{column: wrong})
    said = recount()
    assert f"{row.pk}: {column} said {wrong}, and is {right}" in said
    assert "1 mended." in said
    assert getattr(factories.fresh(row), column) == right
    assert recount() == "Nothing to mend.\n"
