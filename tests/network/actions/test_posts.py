"""Publishing and deleting posts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest import mock

import pytest
from django.db import connection

from network import ids
from network.actions import likes, posts
from network.actions.drafts import Draft, PollDraft
from network.errors import Invalid, NotVisible, Refused
from network.models import (
    Activity,
    Addressee,
    Group,
    Mention,
    Person,
    Poll,
    Post,
    Publication,
    Watch,
)
from network.queries.posts import readable_by
from network.signals import activity_recorded
from tests.support import factories
from tests.support.factories import fresh


def streams_where(post: Post) -> set[int]:
    return set(Publication.objects.filter(activity=post.pk).values_list("stream", flat=True))


def test_a_post_and_its_activity_have_the_same_id(ada):
    post = factories.post(ada)
    create = Activity.objects.get(pk=post.pk)
    assert (create.type, create.post_id, create.actor_id) == ("Create", post.pk, ada.pk)
    assert post.thread_id == post.pk == post.newest_id


def test_a_public_post_is_published_in_the_streams_of_its_author_and_topics(ada):
    post = factories.post(ada, "Low water at #tides and #Fish_Ponds")
    assert streams_where(post) == {ada.pk, factories.topic("tides").pk, factories.topic("fish_ponds").pk}


@pytest.mark.parametrize("audience", [Post.Audience.UNLISTED, Post.Audience.FOLLOWERS])
def test_a_post_with_a_narrow_audience_is_published_only_in_its_authors_stream(ada, audience):
    assert streams_where(factories.post(ada, "#tides", audience=audience)) == {ada.pk}


def test_a_direct_post_is_published_nowhere(ada, ben):
    assert streams_where(factories.post(ada, "#tides", audience=Post.Audience.DIRECT, to=(ben,))) == set()


def test_a_post_in_an_open_group_is_published_to_the_group_and_its_topics(ada):
    group = factories.group(ada)
    assert streams_where(factories.post(ada, "#tides", group=group)) == {
        group.pk,
        factories.topic("tides").pk,
    }


@pytest.mark.parametrize("kind", [Group.Kind.REQUEST, Group.Kind.HIDDEN])
def test_a_post_in_a_group_that_is_not_open_is_published_only_in_the_group(ada, kind):
    group = factories.group(ada, kind)
    assert streams_where(factories.post(ada, "#tides", group=group)) == {group.pk}


def test_a_comment_is_published_in_the_streams_of_its_author_and_its_threads_topics(ada, ben):
    root = factories.post(ada, "#tides")
    comment = factories.comment(ben, root, "and #weather")
    assert streams_where(comment) == {ben.pk, factories.topic("tides").pk}


def test_a_comment_in_a_group_stays_in_the_group(ada, ben):
    group = factories.group(ada, Group.Kind.REQUEST, ben)
    assert streams_where(factories.comment(ben, factories.post(ada, "#tides", group=group))) == {group.pk}


def test_a_comment_in_a_direct_thread_is_published_nowhere(ada, ben):
    root = factories.post(ada, audience=Post.Audience.DIRECT, to=(ben,))
    assert streams_where(factories.comment(ben, root)) == set()


def test_a_comment_belongs_to_the_thread_at_any_depth(ada, ben):
    root = factories.post(ada)
    last = root
    for _ in range(5):
        last = factories.comment(ben, last)
    assert last.thread_id == root.pk
    assert fresh(root).comments_count == 5
    assert fresh(root).newest_id == last.pk
    assert fresh(last.parent).comments_count == 1


def test_each_act_is_recorded_once_and_announced_after_commit(ada, django_capture_on_commit_callbacks):
    received = []

    def receive(activity: Activity, **_: object) -> None:
        received.append(activity)

    activity_recorded.connect(receive)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            post = factories.post(ada)
            assert not received
    finally:
        activity_recorded.disconnect(receive)
    assert [activity.pk for activity in received] == [post.pk]


def test_the_same_draft_with_the_same_key_is_the_same_post(ada):
    assert factories.post(ada, key="once") == factories.post(ada, key="once")
    assert Post.objects.count() == 1


def test_two_people_may_use_the_same_key(ada, ben):
    assert factories.post(ada, key="once") != factories.post(ben, key="once")


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_five_times_at_once_makes_one_post():
    author = factories.person("ada")
    start = Barrier(5)

    def press() -> int:
        try:
            start.wait()
            return factories.post(author, "#tides", key="once").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as presses:
        made = {done.result() for done in [presses.submit(press) for _ in range(5)]}
    assert made == {Post.objects.get().pk}
    assert Activity.objects.filter(type="Create", post__isnull=False).count() == 1


def test_an_id_used_by_a_post_of_another_process_is_not_used_again(ada):
    taken = factories.post(ada)
    free = ids.next_id()
    drawn = mock.patch("network.ids.next_id", side_effect=[taken.pk, free])
    with drawn, mock.patch("network.actions.posts.record"):
        assert factories.post(ada).pk == free


def test_an_id_used_by_an_activity_of_another_process_is_not_used_again(ada, ben):
    likes.like(ben, factories.post(ada))
    taken, free = Activity.objects.get(type="Like").pk, ids.next_id()
    with mock.patch("network.ids.next_id", side_effect=[taken, free]):
        assert factories.post(ada).pk == free


def test_a_failure_writes_nothing(ada):
    with mock.patch("network.actions.posts.record", side_effect=RuntimeError), pytest.raises(RuntimeError):
        factories.post(ada, "#brand_new", poll=PollDraft(("Tea", "Coffee")))
    assert not Post.objects.exists()
    assert not Poll.objects.exists()


@pytest.mark.parametrize("text", ["", "  ", "\x00\u200b", "x" * 5001, "x" * 5_000_000])
def test_an_empty_or_too_long_text_is_refused(ada, text):
    with pytest.raises(Invalid):
        factories.post(ada, text)


@pytest.mark.parametrize("sign", "@#")
def test_too_many_mentions_or_hashtags_are_refused(ada, sign):
    with pytest.raises(Invalid, match="30 people and 30 topics"):
        factories.post(ada, " ".join(f"{sign}name{n}" for n in range(31)))


def test_a_text_of_five_thousand_characters_is_accepted(ada):
    assert len(factories.post(ada, "x" * 5000).text) == 5000


@pytest.mark.parametrize("field", ["language", "key"])
def test_a_field_that_does_not_fit_its_column_is_refused(ada, field):
    with pytest.raises(Invalid):
        factories.post(ada, **{field: "x" * 100})


def test_a_comment_needs_a_readable_parent(ada, ben):
    note = factories.post(ada, audience=Post.Audience.DIRECT)
    with pytest.raises(NotVisible):
        factories.comment(ben, note)


def test_a_deleted_post_cannot_be_answered(ada, ben):
    root = factories.post(ada)
    posts.delete(ada, root)
    with pytest.raises(NotVisible):
        factories.comment(ben, root)


def test_only_members_post_in_a_group(ada, ben):
    group = factories.group(ada)
    with pytest.raises(Refused):
        factories.post(ben, group=group)


def test_a_hidden_group_does_not_exist_for_outsiders(ada, ben):
    with pytest.raises(NotVisible):
        factories.post(ben, group=factories.group(ada, Group.Kind.HIDDEN))


def test_a_group_audience_needs_a_group(ada):
    with pytest.raises(Invalid):
        factories.post(ada, audience=Post.Audience.GROUP)


def test_each_mentioned_person_is_found_once(ada, ben):
    post = factories.post(ada, "@ben, and again @Ben, and @nobody")
    assert list(Mention.objects.filter(post=post).values_list("person", flat=True)) == [ben.pk]


def test_the_addressees_of_a_direct_thread_are_named_in_its_root(ada, ben, chi, dan):
    root = factories.post(ada, "@ben: lunch?", audience=Post.Audience.DIRECT)
    factories.comment(ben, root, "Let us ask @dan")
    assert set(Addressee.objects.values_list("person", flat=True)) == {ben.pk}
    assert not readable_by(dan).exists()


def test_mentions_do_not_add_addressees_where_the_addressees_are_given(ada, ben, chi):
    factories.post(ada, "What do you make of @ben?", audience=Post.Audience.DIRECT, to=(chi, ada))
    assert set(Addressee.objects.values_list("person", flat=True)) == {chi.pk}
    assert not readable_by(ben).exists()


def test_a_direct_post_without_addressees_is_readable_by_its_author_only(ada, ben):
    note = factories.post(ada, audience=Post.Audience.DIRECT)
    assert readable_by(ada).get() == note
    assert not readable_by(ben).exists()


def test_writing_in_a_thread_watches_it(ada, ben):
    root = factories.post(ada)
    factories.comment(ben, root)
    assert set(Watch.objects.filter(thread=root).values_list("person", flat=True)) == {ada.pk, ben.pk}


def test_a_quoted_post_must_be_readable(ada, ben):
    note = factories.post(ada, audience=Post.Audience.DIRECT)
    with pytest.raises(NotVisible):
        factories.post(ben, quotes=note)


def test_a_post_for_followers_cannot_be_quoted(ada):
    with pytest.raises(Refused):
        factories.post(ada, quotes=factories.post(ada, audience=Post.Audience.FOLLOWERS))


def test_a_post_of_a_group_can_be_quoted_only_in_that_group(ada):
    group = factories.group(ada)
    inside = factories.post(ada, group=group)
    assert factories.post(ada, quotes=inside, group=group).quotes == inside
    with pytest.raises(Refused):
        factories.post(ada, quotes=inside)
    with pytest.raises(Refused):
        factories.post(ada, quotes=inside, group=factories.group(ada))


def test_a_mention_of_a_person_across_a_block_is_ignored(ada: Person, ben: Person):
    from network.actions import blocks

    blocks.block(ben, ada)
    posts.publish(ada, Draft("@ben!"))
    assert not Mention.objects.exists()
