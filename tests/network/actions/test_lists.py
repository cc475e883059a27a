"""Lists: feeds of one's own beside home, and the marker of each."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from network.actions import follows, lists
from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Follow, Group, List, Marker, Post
from network.queries.posts import readable_by
from tests.support import factories
from tests.support.factories import fresh

Place = Follow.Place


def test_creating_a_list_is_recorded_with_an_id_of_the_common_source(ada):
    made = lists.create(ada, "  Close\nfriends ")
    assert made.name == "Close friends"
    assert made.pk > ada.pk
    assert Activity.objects.latest("pk").detail == {"of": "List", "list": str(made.pk)}
    assert Activity.objects.latest("pk").type == "Create"


def test_a_name_is_unique_for_each_person(ada, ben):
    first, second = lists.create(ada, "Friends"), lists.create(ada, "Work")
    lists.create(ben, "Friends")
    with pytest.raises(Invalid):
        lists.create(ada, "Friends")
    with pytest.raises(Invalid):
        lists.rename(ada, second.pk, "Friends")
    with pytest.raises(Invalid):
        lists.create(ada, " ")
    assert lists.rename(ada, first.pk, "Old friends").name == fresh(first).name == "Old friends"


def test_an_unchanged_name_records_no_activity(ada):
    made = lists.create(ada, "Friends")
    lists.rename(ada, made.pk, "Friends")
    assert not Activity.objects.filter(type="Update").exists()


def test_the_number_of_lists_is_limited(ada, monkeypatch):
    monkeypatch.setattr(lists, "MOST", 2)
    for name in ("One", "Two"):
        lists.create(ada, name)
    with pytest.raises(Refused, match="as many as there can be"):
        lists.create(ada, "Three")


def test_a_follow_can_be_moved_into_a_list_and_out(ada, ben):
    factories.follow(ben, ada)
    friends = lists.create(ben, "Friends")
    follows.deliver(ben, ada.stream, place=friends)
    assert (Follow.objects.get().place, Follow.objects.get().list) == (Place.LIST, friends)
    assert fresh(ben).generation == 2
    follows.deliver(ben, ada.stream, place=friends)
    assert fresh(ben).generation == 2, "it stayed where it was"
    follows.deliver(ben, ada.stream, place=lists.create(ben, "Others"))
    assert fresh(ben).generation == 3
    follows.deliver(ben, ada.stream, place=Place.DIGEST)
    assert (Follow.objects.get().place, Follow.objects.get().list) == (Place.DIGEST, None)
    assert fresh(ben).generation == 4


def test_a_membership_in_a_list_keeps_its_rights(ada, ben):
    group = factories.group(ada, Group.Kind.HIDDEN, ben)
    factories.post(ada, group=group)
    follows.deliver(ben, group.stream, place=lists.create(ben, "Clubs"), folds=False)
    follow = Follow.objects.get(follower=ben)
    assert (follow.role, follow.place, follow.folds) == ("member", Place.LIST, False)
    assert readable_by(ben).exists()


def test_a_place_changes_no_right(ada, ben):
    factories.follow(ben, ada)
    factories.post(ada, audience=Post.Audience.FOLLOWERS)
    follows.deliver(ben, ada.stream, place=lists.create(ben, "Friends"))
    assert readable_by(ben).exists()


def test_a_list_of_another_person_cannot_be_used_changed_or_deleted(ada, ben):
    factories.follow(ben, ada)
    theirs = lists.create(ada, "Friends")
    with pytest.raises(NotVisible):
        follows.deliver(ben, ada.stream, place=theirs)
    with pytest.raises(NotVisible):
        lists.rename(ben, theirs.pk, "Mine")
    with pytest.raises(NotVisible):
        lists.delete(ben, theirs.pk)
    assert Follow.objects.get().place == Place.HOME


def test_follows_of_a_deleted_list_deliver_to_home(ada, ben):
    factories.follow(ben, ada)
    friends = lists.create(ben, "Friends")
    follows.deliver(ben, ada.stream, place=friends, comments=Follow.Comments.NONE)
    lists.open_feed(ben, friends.pk, 7)
    generation = fresh(ben).generation
    lists.delete(ben, friends.pk)
    follow = Follow.objects.get()
    assert (follow.place, follow.list, follow.comments) == (Place.HOME, None, "none")
    assert fresh(ben).generation == generation + 1
    assert not List.objects.exists()
    assert not Marker.objects.exists()
    assert Activity.objects.get(type="Delete").detail == {"of": "List", "list": str(friends.pk)}


def test_a_followed_person_does_not_learn_the_name_of_a_list(ada, ben):
    """The activity names only the follow, not the list."""
    factories.follow(ben, ada)
    follows.deliver(ben, ada.stream, place=lists.create(ben, "Dull people"))
    update = Activity.objects.get(type="Update")
    assert (update.stream_id, update.detail) == (ada.pk, {"of": "Follow"})


@pytest.mark.parametrize("row", [{"place": "list"}, {"place": "home", "list": True}])
def test_a_follow_has_a_list_exactly_if_its_place_is_list(ada, ben, row):
    follow = factories.follow(ben, ada)
    if "list" in row:
        row = {**row, "list": lists.create(ben, "Friends")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.filter(pk=follow.pk).update(**row)


def test_the_lists_of_a_deleted_person_are_deleted(ada, ben):
    factories.follow(ben, ada)
    follows.deliver(ben, ada.stream, place=lists.create(ben, "Friends"))
    ben.delete()
    assert not List.objects.exists()
    assert not Follow.objects.exists()


class TestMarker:
    def test_opening_the_feed_again_marks_what_was_shown_as_read(self, ada):
        assert lists.open_feed(ada, ada.pk, 5) == 0
        assert lists.open_feed(ada, ada.pk, 9) == 5
        assert lists.open_feed(ada, ada.pk, 9) == 9

    def test_the_marker_never_moves_back(self, ada):
        for newest in (9, 5, 4):
            lists.open_feed(ada, ada.pk, newest)
        marker = Marker.objects.get()
        assert (marker.read_id, marker.shown_id) == (9, 9)

    def test_each_feed_has_its_own_marker(self, ada):
        friends = lists.create(ada, "Friends")
        lists.open_feed(ada, ada.pk, 5)
        lists.open_feed(ada, friends.pk, 3)
        assert lists.open_feed(ada, friends.pk, 9) == 3
        assert lists.open_feed(ada, ada.pk, 9) == 5

    def test_reading_records_no_activity(self, ada, django_assert_num_queries):
        lists.open_feed(ada, ada.pk, 5)
        before = Activity.objects.count()
        with django_assert_num_queries(4):  # two queries, and the savepoint around them in a test
            lists.open_feed(ada, ada.pk, 9)
        assert Activity.objects.count() == before
