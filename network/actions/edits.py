"""Edits of posts, with a history that readers can see."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network import text
from network.actions import drafts
from network.actions.drafts import Draft, PollDraft, Written
from network.actions.locking import hold
from network.actions.recording import record
from network.actions.republishing import republish_thread
from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Mention, Person, PollOption, Post, PostTopic, Revision, details
from network.queries import posts as queries

# An edit may change the audience to one further right, never to one further left.
NARROWING = (Post.Audience.PUBLIC, Post.Audience.UNLISTED, Post.Audience.FOLLOWERS)


@transaction.atomic
def edit(author: Person, post: Post, draft: Draft) -> Post:
    """Edit a post, and add its former version to the history. Its id and place stay.

    Newly named people are notified, and the post is published to the topics that it gained. Raises
    NotVisible for a post of somebody else, Refused for a wider audience, a poll with votes or a thread in
    which the author may no longer write, and Invalid.
    """
    if post.author_id != author.pk:
        raise NotVisible
    hold(shared=[post.thread.group])
    written = drafts.write(author, draft)
    hold(post)
    post = Post.objects.select_related("thread__group", "author").get(pk=post.pk)
    if post.deleted_at is not None:
        raise NotVisible
    queries.ensure_may_change(author, post.thread)
    if written.changes(post):
        drafts.former_version(post).save()
        written.put_into(post)
        post.edited_at = timezone.now()
    post.language = written.language
    if post.is_root:
        _narrow(post, draft.audience)
        post.commenting = draft.commenting
        _change_poll(post, draft.poll)
    if hasattr(post, "poll"):  # the draft may have left out its options
        options = post.poll.options.values_list("text", flat=True)
        post.words = text.words(post.text, post.title, post.summary, options)
    post.save()
    named = _change_mentions(post, written)
    added = _change_topics(post, written) if post.is_root else []
    detail = details.Update(named=tuple(named), streams=tuple(added))
    record(Activity.Type.UPDATE, author, post=post, detail=detail)
    return post


@transaction.atomic
def purge(author: Person, revision: Revision) -> None:
    """Delete a former version of an own post. Raises NotVisible for a post of somebody else."""
    if revision.post.author_id != author.pk:
        raise NotVisible
    deleted, _rows = Revision.objects.filter(pk=revision.pk).delete()
    if deleted:
        record(Activity.Type.UPDATE, author, post=revision.post, detail=details.Update(purged=True))


def _narrow(post: Post, audience: Post.Audience) -> None:
    if post.group_id is not None or audience == post.audience:
        return
    if post.audience not in NARROWING or audience not in NARROWING[NARROWING.index(post.audience) :]:
        raise Refused(_("You can make the audience smaller, not larger: people answered for those few."))
    post.audience = audience


def _change_mentions(post: Post, written: Written) -> list[int]:
    """Update the mentions; returns the ids of people who were not named before."""
    wanted = {person.pk for person in written.people}
    before = set(Mention.objects.filter(post=post).values_list("person", flat=True))
    Mention.objects.filter(post=post, person__in=before - wanted).delete()
    added = sorted(wanted - before)
    Mention.objects.bulk_create(Mention(post=post, person_id=person) for person in added)
    return added


def _change_topics(post: Post, written: Written) -> list[int]:
    if post.audience == Post.Audience.DIRECT:
        return []
    wanted = {topic.pk for topic in written.topics}
    PostTopic.objects.filter(post=post).exclude(topic__in=wanted).delete()
    PostTopic.objects.bulk_create(
        (PostTopic(post=post, topic_id=topic) for topic in sorted(wanted)), ignore_conflicts=True
    )
    return republish_thread(post)


def _change_poll(post: Post, draft: PollDraft | None) -> None:
    poll = getattr(post, "poll", None)
    if draft is None:
        return
    if poll is None:
        raise Invalid(_("A poll cannot be added later: write a new post for it."))
    checked = draft.checked()
    options = list(poll.options.values_list("text", flat=True))
    if options == list(checked.options) and poll.multiple == checked.multiple:
        return
    if poll.voters_count:
        raise Refused(_("Somebody has voted, so the options stay as they are."))
    poll.options.all().delete()
    PollOption.objects.bulk_create(
        PollOption(poll=poll, position=position, text=option)
        for position, option in enumerate(checked.options)
    )
    poll.multiple = checked.multiple
    poll.save(update_fields=["multiple"])
