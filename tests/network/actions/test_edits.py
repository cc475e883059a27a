"""Edits of posts and comments."""

from __future__ import annotations

import pytest

from network.actions import edits, groups, memberships, mutes, polls, posts, reshares
from network.actions.drafts import Draft, PollDraft
from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Group, Mention, PollOption, Post, Publication, Revision
from network.queries.posts import readable_by
from network.queries.rights import not_muted
from tests.support import factories
from tests.support.factories import fresh

PUBLIC, UNLISTED, FOLLOWERS, DIRECT = (
    Post.Audience.PUBLIC,
    Post.Audience.UNLISTED,
    Post.Audience.FOLLOWERS,
    Post.Audience.DIRECT,
)


def streams_where(post: Post) -> set[int]:
    return set(Publication.objects.filter(activity=post.pk).values_list("stream", flat=True))


def test_an_edit_keeps_the_id_the_place_and_the_former_text(ada):
    post = factories.post(ada, "Low water at six.", title="Tides")
    edits.edit(ada, post, Draft("Low water at *seven*.", title="Tides"))
    revision = Revision.objects.get()
    assert (revision.title, revision.written_at) == ("Tides", post.published_at)
    assert "six" in revision.html
    assert "<em>seven</em>" in fresh(post).html
    assert fresh(post).edited_at is not None


def test_an_edit_without_a_change_of_text_makes_no_revision(ada):
    post = factories.post(ada, "The same")
    edits.edit(ada, post, Draft("The same", commenting=Post.Commenting.NOBODY))
    assert not Revision.objects.exists()
    assert fresh(post).edited_at is None
    assert fresh(post).commenting == Post.Commenting.NOBODY


def test_only_the_author_edits(ada, ben):
    with pytest.raises(NotVisible):
        edits.edit(ben, factories.post(ada), Draft("Mine now"))


def test_a_deleted_post_cannot_be_edited(ada):
    post = factories.post(ada)
    posts.delete(ada, post)
    with pytest.raises(NotVisible):
        edits.edit(ada, post, Draft("Back again"))


def test_an_edit_moves_the_thread_with_all_comments_to_its_new_topics(ada, ben):
    root = factories.post(ada, "#tides and #moon")
    comment = factories.comment(ben, root)
    edits.edit(ada, root, Draft("#tides and #sun"))
    tides, sun = factories.topic("tides").pk, factories.topic("sun").pk
    assert streams_where(root) == {ada.pk, tides, sun}
    assert streams_where(comment) == {ben.pk, tides, sun}


def test_a_gained_topic_does_not_bring_back_deleted_comments(ada, ben):
    root = factories.post(ada)
    comment = factories.comment(ben, root)
    posts.delete(ben, comment)
    edits.edit(ada, root, Draft("#sun"))
    assert streams_where(comment) == set()


def test_a_gained_topic_is_in_the_detail_of_the_activity(ada):
    root = factories.post(ada, "#tides")
    edits.edit(ada, root, Draft("#tides #sun"))
    assert Activity.objects.get(type="Update").detail["streams"] == [str(factories.topic("sun").pk)]


def test_a_hashtag_never_makes_a_hidden_post_visible(ada):
    group = factories.group(ada, Group.Kind.HIDDEN)
    root = factories.post(ada, group=group)
    edits.edit(ada, root, Draft("#sun"))
    assert streams_where(root) == {group.pk}


def test_a_comment_has_no_topics_of_its_own(ada):
    root = factories.post(ada)
    comment = factories.comment(ada, root)
    edits.edit(ada, comment, Draft("#sun"))
    assert streams_where(comment) == {ada.pk}


def test_only_newly_mentioned_people_are_notified(ada, ben, chi, dan):
    post = factories.post(ada, "@ben @chi")
    edits.edit(ada, post, Draft("@chi @dan"))
    assert set(Mention.objects.values_list("person", flat=True)) == {chi.pk, dan.pk}
    assert Activity.objects.get(type="Update").detail["named"] == [str(dan.pk)]


@pytest.mark.parametrize(
    ("before", "after"), [(PUBLIC, UNLISTED), (PUBLIC, FOLLOWERS), (UNLISTED, FOLLOWERS)]
)
def test_an_audience_may_narrow(ada, before, after):
    post = factories.post(ada, "#tides", audience=before)
    comment = factories.comment(ada, post)
    edits.edit(ada, post, Draft("#tides", audience=after))
    assert fresh(post).audience == after
    assert streams_where(post) == streams_where(comment) == {ada.pk}


@pytest.mark.parametrize(
    ("before", "after"),
    [(UNLISTED, PUBLIC), (FOLLOWERS, PUBLIC), (FOLLOWERS, UNLISTED), (DIRECT, PUBLIC), (PUBLIC, DIRECT)],
)
def test_an_audience_never_widens_or_changes_to_another_kind(ada, before, after):
    post = factories.post(ada, audience=before)
    with pytest.raises(Refused):
        edits.edit(ada, post, Draft("To more", audience=after))
    assert fresh(post).audience == before
    assert fresh(post).text == "The tide turns at six."


def test_a_groups_post_stays_in_its_group(ada):
    group = factories.group(ada)
    post = factories.post(ada, group=group)
    edits.edit(ada, post, Draft("Still here", audience=PUBLIC))
    assert (fresh(post).audience, fresh(post).group_id) == (Post.Audience.GROUP, group.pk)


def test_a_narrowed_thread_is_hidden_from_others_even_if_it_was_reshared(ada, ben, chi):
    post = factories.post(ada)
    reshares.reshare(ben, post)
    edits.edit(ada, post, Draft("For followers", audience=FOLLOWERS))
    assert not readable_by(chi).exists()


def test_an_edited_direct_post_gets_no_new_addressees(ada, ben, chi):
    post = factories.post(ada, "@ben", audience=DIRECT)
    edits.edit(ada, post, Draft("@ben @chi", audience=DIRECT))
    assert not readable_by(chi).exists()


def test_muted_words_are_searched_in_the_new_text(ada, ben):
    post = factories.post(ada, "Nothing here")
    mutes.mute_word(ben, "spoiler")
    edits.edit(ada, post, Draft("A spoiler"))
    assert not Post.objects.filter(not_muted(ben)).exists()


def test_an_author_purges_a_revision(ada):
    post = factories.post(ada, "My number is 12345")
    edits.edit(ada, post, Draft("No number"))
    edits.purge(ada, Revision.objects.get())
    assert not Revision.objects.exists()
    assert "12345" not in fresh(post).text


def test_nobody_else_purges_a_revision(ada, ben):
    post = factories.post(ada, "Before")
    edits.edit(ada, post, Draft("After"))
    with pytest.raises(NotVisible):
        edits.purge(ben, Revision.objects.get())


def test_the_options_of_a_poll_change_until_the_first_vote(ada):
    post = factories.poll(ada, "Tea", "Coffee")
    edits.edit(ada, post, Draft("Which?", poll=PollDraft(("Tea", "Milk"), multiple=True)))
    assert list(PollOption.objects.values_list("text", flat=True)) == ["Tea", "Milk"]
    assert fresh(post).poll.multiple


def test_the_options_of_a_poll_cannot_change_after_the_first_vote(ada, ben):
    post = factories.poll(ada, "Tea", "Coffee")
    polls.vote(ben, post, [0])
    with pytest.raises(Refused):
        edits.edit(ada, post, Draft("Which?", poll=PollDraft(("Milk", "Coffee"))))
    edits.edit(ada, post, Draft("Which of them?", poll=PollDraft(("Tea", "Coffee"))))
    assert fresh(post).text == "Which of them?"


def test_a_poll_cannot_be_added_by_an_edit(ada):
    with pytest.raises(Invalid):
        edits.edit(ada, factories.post(ada), Draft("Which?", poll=PollDraft(("Tea", "Coffee"))))


def test_a_former_member_cannot_edit_in_the_group(ada, ben):
    group = factories.group(ada, Group.Kind.OPEN, ben)
    post = factories.post(ben, group=group)
    comment = factories.comment(ben, factories.post(ada, group=group))
    memberships.remove(ada, group, ben)
    for mine in (post, comment):
        with pytest.raises(Refused):
            edits.edit(ben, mine, Draft("Something else", audience=Post.Audience.GROUP))
    with pytest.raises(Refused):
        factories.comment(ben, comment)


def test_nothing_can_be_edited_in_a_closed_group(ada):
    group = factories.group(ada)
    post = factories.post(ada, group=group)
    groups.close(ada, group)
    with pytest.raises(Refused):
        edits.edit(ada, post, Draft("Something else", audience=Post.Audience.GROUP))


def test_nobody_continues_below_their_own_comment_in_a_thread_that_they_may_no_longer_read(ada, ben):
    root = factories.post(ada)
    comment = factories.comment(ben, root)
    edits.edit(ada, root, Draft("For few", audience=Post.Audience.FOLLOWERS))
    with pytest.raises(Refused):
        factories.comment(ben, comment)
    with pytest.raises(Refused):
        edits.edit(ben, comment, Draft("Something else"))
