"""The key of a form: the same content sent again is the same post, and other content is never lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.actions import edits, posts, threads
from network.actions.drafts import Draft, PollDraft
from network.models import Group, Person, Post
from tests.support import factories

pytestmark = pytest.mark.django_db


@dataclass
class Referred:
    """The people, groups and posts to which a draft can refer."""

    ada: Person
    ben: Person
    chi: Person
    group: Group
    other: Group
    root: Post


@pytest.fixture
def referred(ada: Person, ben: Person, chi: Person) -> Referred:
    return Referred(ada, ben, chi, factories.group(ada), factories.group(ada), factories.post(ben))


def first(referred: Referred) -> Draft:
    return Draft("It turns at six.", key="once")


# Each field with another value than the first draft has.
CHANGES: dict[str, Any] = {
    "text": lambda referred: {"text": "It turned at six."},
    "title": lambda referred: {"title": "Tides"},
    "summary": lambda referred: {"summary": "When it turns"},
    "language": lambda referred: {"language": "de"},
    "audience": lambda referred: {"audience": Post.Audience.FOLLOWERS},
    "commenting": lambda referred: {"commenting": Post.Commenting.NOBODY},
    "group": lambda referred: {"group": referred.group},
    "another group": lambda referred: {"group": referred.other},
    "parent": lambda referred: {"parent": referred.root},
    "quotes": lambda referred: {"quotes": referred.root},
    "to": lambda referred: {"audience": Post.Audience.DIRECT, "to": (referred.ben,)},
    "to another": lambda referred: {"audience": Post.Audience.DIRECT, "to": (referred.chi,)},
    "topics": lambda referred: {"topics": ("tides",)},
    "poll": lambda referred: {"poll": PollDraft(("Neap", "Spring"))},
    "options": lambda referred: {"poll": PollDraft(("Neap", "Spring", "Neither"))},
    "open for": lambda referred: {"poll": PollDraft(("Neap", "Spring"), timedelta(days=2))},
    "multiple": lambda referred: {"poll": PollDraft(("Neap", "Spring"), multiple=True)},
    "key": lambda referred: {"key": "twice"},
}


def test_every_field_of_a_draft_is_changed_here() -> None:
    assert set(CHANGES) >= set(Draft.__dataclass_fields__)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(st.sampled_from(["nothing", *CHANGES]), min_size=2, max_size=5))
def test_a_form_makes_one_post_for_each_different_content(referred: Referred, sent: list[str]) -> None:
    Post.objects.filter(author=referred.ada).delete()
    for change in sent:
        changed = {} if change == "nothing" else CHANGES[change](referred)
        posts.publish(referred.ada, replace(first(referred), **changed))
    assert Post.objects.filter(author=referred.ada).count() == len(set(sent))


def test_a_form_sent_again_after_a_deletion_makes_a_new_post(referred: Referred) -> None:
    said = posts.publish(referred.ada, first(referred))
    posts.delete(referred.ada, said)
    again = posts.publish(referred.ada, first(referred))
    assert again != said
    assert again.text == "It turns at six."
    assert posts.publish(referred.ada, first(referred)) == again


def test_a_retry_after_an_edit_makes_no_second_post(referred: Referred) -> None:
    said = posts.publish(referred.ada, first(referred))
    edits.edit(referred.ada, said, Draft("It turns at seven."))
    assert posts.publish(referred.ada, first(referred)) == said
    assert posts.publish(referred.ada, Draft("It turns at seven.", key="once")) != said


def test_a_form_sent_again_after_a_moderator_hid_its_comment_makes_no_new_one(referred: Referred) -> None:
    draft = replace(first(referred), parent=referred.root)
    said = posts.publish(referred.ada, draft)
    threads.hide_comment(referred.ben, said)
    assert posts.publish(referred.ada, draft) == said
