"""Posts and comments: publishing and deleting them."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network.actions import drafts
from network.actions.counting import count_comment, hold_branch, newest_of_thread
from network.actions.drafts import Draft, PollDraft, Written
from network.actions.locking import hold
from network.actions.recording import record, with_free_id
from network.actions.republishing import streams_of
from network.actions.watches import watch_as_writer
from network.errors import Invalid, NotVisible, Refused
from network.models import (
    Activity,
    Addressee,
    Bookmark,
    Like,
    Mention,
    Person,
    Poll,
    PollOption,
    Post,
    PostTopic,
    Publication,
    Reshare,
    Revision,
)
from network.queries import groups
from network.queries import posts as queries


def publish(author: Person, draft: Draft) -> Post:
    """Publish a post to an audience, a group or people, or a comment on a post.

    Idempotent for drafts with a key: the same draft gives the same post, also at the same time, and if the
    post was edited or hidden meanwhile. A post that its author has deleted is published again.
    Raises Invalid, NotVisible (for a parent, quoted post or group that the author may not see), Refused.
    """
    said = _said_before(author, draft)
    if said is not None:
        return said
    try:
        return _publish(author, draft)
    except IntegrityError:
        said = _said_before(author, draft)
        if said is None:
            raise
        return said


@transaction.atomic
def delete(person: Person, post: Post) -> None:
    """Delete an own post: from all feeds, pages and live connections, and its text from the database.

    Answers stay, under a tombstone. Idempotent. Raises NotVisible for a post of somebody else.
    """
    hold_branch(post)
    post = Post.objects.select_related("thread").get(pk=post.pk)
    if post.author_id != person.pk:
        raise NotVisible
    if post.deleted_at is not None:
        return
    was_counted = post.hidden_at is None
    reshares = Reshare.objects.filter(post=post)
    Publication.objects.filter(activity__in=reshares.values("pk")).delete()
    Publication.objects.filter(activity=post.pk).delete()
    reshares.delete()
    for rows in (Like, Bookmark, Mention, Revision, Poll):
        rows.objects.filter(post=post).delete()
    post.title = post.summary = post.text = post.html = post.words = ""
    post.quotes = post.key = None
    post.reshares_count = post.likes_count = 0
    post.deleted_at = timezone.now()
    post.save()
    if not post.is_root:
        if was_counted:
            count_comment(post, -1)
        newest_of_thread(post.thread_id)
    record(Activity.Type.DELETE, person, post=post)


def _said_before(author: Person, draft: Draft) -> Post | None:
    if draft.key is None:
        return None
    return Post.objects.filter(author=author, key=draft.digest).first()


@transaction.atomic
def _publish(author: Person, draft: Draft) -> Post:
    hold(shared=[draft.group if draft.parent is None else draft.parent.thread.group])
    thread = None if draft.parent is None else _thread_to_comment_in(author, draft.parent)
    quotes = _quotable(author, draft, thread)
    if thread is None and draft.group is not None:
        groups.ensure_role(author, draft.group)
        groups.ensure_open(draft.group)
    poll = draft.poll.checked() if draft.poll is not None and thread is None else None
    written = drafts.write(author, draft)
    hold(author)
    post = with_free_id(lambda free: _insert(free, author, draft, written, thread, quotes))
    _attach(post, draft, written, poll)
    watch_as_writer(author, post.thread)
    if thread is not None:
        count_comment(post, +1)
        Post.objects.filter(pk=thread.pk, newest_id__lt=post.pk).update(newest_id=post.pk)
    record(Activity.Type.CREATE, author, post=post, publish_to=streams_of(post))
    return post


def _thread_to_comment_in(author: Person, parent: Post) -> Post:
    thread = queries.find(author, parent.pk).thread
    queries.ensure_may_comment(author, thread)
    return thread


def _quotable(author: Person, draft: Draft, thread: Post | None) -> Post | None:
    if draft.quotes is None:
        return None
    quoted = queries.find(author, draft.quotes.pk)
    group = thread.group_id if thread is not None else draft.group and draft.group.pk
    if not queries.may_reshare(quoted.thread) or quoted.thread.group_id not in (None, group):
        raise Refused(_("This was said to a few people. It cannot be reshared outside."))
    return quoted


def _insert(
    free: int, author: Person, draft: Draft, written: Written, thread: Post | None, quotes: Post | None
) -> Post:
    if Activity.objects.filter(pk=free).exists():
        raise IntegrityError("A post has the id of its Create, and another activity has this id.")
    post = Post(
        pk=free,
        author=author,
        parent=draft.parent,
        quotes=quotes,
        key=draft.digest,
        newest_id=free,
    )
    written.put_into(post)
    post.thread = thread or post
    if thread is None:
        post.group = draft.group
        post.audience = Post.Audience.GROUP if draft.group is not None else draft.audience
        post.commenting = draft.commenting
        if post.audience == Post.Audience.GROUP and post.group is None:
            raise Invalid(_("Choose the group that this is for."))
    post.save(force_insert=True)
    return post


def _attach(post: Post, draft: Draft, written: Written, poll: PollDraft | None) -> None:
    Mention.objects.bulk_create(Mention(post=post, person=person) for person in written.people)
    if not post.is_root:
        return
    if post.audience == Post.Audience.DIRECT:
        named = {person.pk for person in draft.to or written.people} - {post.author_id}
        Addressee.objects.bulk_create(Addressee(thread=post, person_id=person) for person in sorted(named))
    else:
        PostTopic.objects.bulk_create(PostTopic(post=post, topic=topic) for topic in written.topics)
    if poll is not None:
        made = Poll.objects.create(
            post=post, multiple=poll.multiple, closes_at=timezone.now() + poll.open_for
        )
        PollOption.objects.bulk_create(
            PollOption(poll=made, position=position, text=option)
            for position, option in enumerate(poll.options)
        )
