"""The streams in which a thread is published, and how these change."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from network.models import Activity, Follow, Group, Person, Post, PostTopic, Publication, Stream


def streams_of(post: Post) -> list[int]:
    """The ids of the streams to which a new post or comment is published. One query at most.

    Posts in a group are published to the group, and to their topics only if the group is open. Direct posts
    are not published.
    """
    thread = post.thread
    if thread.audience == Post.Audience.DIRECT:
        return []
    own = post.author_id if thread.group_id is None else thread.group_id
    return [own, *_topics_of(thread)]


def _topics_of(thread: Post) -> list[int]:
    """The ids of the topics to which a thread is published, by its stored audience and kind of group."""
    reaches = Q(post__group__kind=Group.Kind.OPEN) | Q(post__audience=Post.Audience.PUBLIC)
    return list(PostTopic.objects.filter(reaches, post=thread).values_list("topic", flat=True))


def republish_thread(thread: Post) -> list[int]:
    """Update the publications of a thread after an edit of its topics or audience.

    Ids stay. Returns the streams to which the thread was added.
    """
    wanted = set(_topics_of(thread))
    in_topics = Publication.objects.filter(thread=thread, stream__kind=Stream.Kind.TOPIC)
    in_topics.exclude(stream__in=wanted).delete()
    added = wanted - set(in_topics.values_list("stream", flat=True).distinct())
    _publish_to_topics(PostTopic.objects.filter(post=thread, topic__in=added))
    return sorted(added)


def republish_group(group: Group) -> None:
    """Publish the threads of a group to their topics if it is open now, or remove them from these.

    Followers of the topics may get older entries in their home, so their generation increases. This is one
    statement; pushing each thread would take as long as the group has threads. The caller has locked the
    group and `readers_of_topics`.
    """
    about = PostTopic.objects.filter(post__group=group)
    if group.kind == Group.Kind.OPEN:
        _publish_to_topics(about)
        readers_of_topics(group).update(generation=F("generation") + 1)
    else:
        Publication.objects.filter(thread__group=group, stream__kind=Stream.Kind.TOPIC).delete()


def readers_of_topics(group: Group) -> QuerySet[Person]:
    """The followers of the topics of a group's threads."""
    topics = PostTopic.objects.filter(post__group=group).values("topic")
    return Person.objects.filter(pk__in=Follow.objects.filter(stream__in=topics).values("follower"))


def _publish_to_topics(about: QuerySet[PostTopic]) -> None:
    rows = Activity.objects.filter(
        type=Activity.Type.CREATE, post__deleted_at=None, post__thread__about__in=about
    ).values_list("id", "post__thread", "actor", "post__parent__author", "post__thread__about__topic")
    Publication.objects.bulk_create(
        (
            Publication(
                stream_id=topic,
                activity_id=activity,
                thread_id=thread,
                actor_id=actor,
                kind=Publication.Kind.POST if answered is None else Publication.Kind.COMMENT,
                answered_id=answered,
            )
            for activity, thread, actor, answered, topic in rows.iterator()
        ),
        ignore_conflicts=True,
        batch_size=500,
    )
