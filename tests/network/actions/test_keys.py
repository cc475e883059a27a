"""The key of a form: what is sent again is the same post, and what is not the same is never swallowed."""

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
class Ground:
    """Who and what a draft can refer to."""

    ada: Person
    ben: Person
    chi: Person
    group: Group
    other: Group
    root: Post


@pytest.fixture
def ground(ada: Person, ben: Person, chi: Person) -> Ground:
    return Ground(ada, ben, chi, factories.group(ada), factories.group(ada), factories.post(ben))


def first(ground: Ground) -> Draft:
    return Draft("It turns at six.", key="once")


# Each field with another value than the first draft has.
CHANGES: dict[str, Any] = {
    "text": lambda ground: {"text": "It turned at six."},
    "title": lambda ground: {"title": "Tides"},
    "summary": lambda ground: {"summary": "When it turns"},
    "language": lambda ground: {"language": "de"},
    "audience": lambda ground: {"audience": Post.Audience.FOLLOWERS},
    "commenting": lambda ground: {"commenting": Post.Commenting.NOBODY},
    "group": lambda ground: {"group": ground.group},
    "another group": lambda ground: {"group": ground.other},
    "parent": lambda ground: {"parent": ground.root},
    "quotes": lambda ground: {"quotes": ground.root},
    "to": lambda ground: {"audience": Post.Audience.DIRECT, "to": (ground.ben,)},
    "to another": lambda ground: {"audience": Post.Audience.DIRECT, "to": (ground.chi,)},
    "topics": lambda ground: {"topics": ("tides",)},
    "poll": lambda ground: {"poll": PollDraft(("Neap", "Spring"))},
    "options": lambda ground: {"poll": PollDraft(("Neap", "Spring", "Neither"))},
    "open for": lambda ground: {"poll": PollDraft(("Neap", "Spring"), timedelta(days=2))},
    "multiple": lambda ground: {"poll": PollDraft(("Neap", "Spring"), multiple=True)},
    "key": lambda ground: {"key": "twice"},
}


def test_every_field_of_a_draft_is_changed_here() -> None:
    assert set(CHANGES) >= set(Draft.__dataclass_fields__)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(st.sampled_from(["nothing", *CHANGES]), min_size=2, max_size=5))
def test_a_form_makes_as_many_posts_as_it_was_sent_with_different_contents(
    ground: Ground, sent: list[str]
) -> None:
    Post.objects.filter(author=ground.ada).delete()
    for change in sent:
        changed = {} if change == "nothing" else CHANGES[change](ground)
        posts.publish(ground.ada, replace(first(ground), **changed))
    assert Post.objects.filter(author=ground.ada).count() == len(set(sent))


def test_what_its_author_deleted_is_said_again(ground: Ground) -> None:
    said = posts.publish(ground.ada, first(ground))
    posts.delete(ground.ada, said)
    again = posts.publish(ground.ada, first(ground))
    assert again != said
    assert again.text == "It turns at six."
    assert posts.publish(ground.ada, first(ground)) == again


def test_a_retry_after_an_edit_makes_no_second_post(ground: Ground) -> None:
    said = posts.publish(ground.ada, first(ground))
    edits.edit(ground.ada, said, Draft("It turns at seven."))
    assert posts.publish(ground.ada, first(ground)) == said
    assert posts.publish(ground.ada, Draft("It turns at seven.", key="once")) != said


def test_what_a_moderator_removed_is_not_made_again(ground: Ground) -> None:
    draft = replace(first(ground), parent=ground.root)
    said = posts.publish(ground.ada, draft)
    threads.hide_comment(ground.ben, said)
    assert posts.publish(ground.ada, draft) == said
