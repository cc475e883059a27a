"""Where what is said in a thread appears, and what follows when that changes."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from network.models import Activity, Follow, Group, Person, Post, PostTopic, Publication, Stream


def streams_of(post: Post) -> list[int]:
    """Ids of the streams where a new post or comment is published. One query at most.

    A group's posts stay in the group; only an open group's reach their topics. Direct ones go nowhere.
    """
    thread = post.thread
    if thread.audience == Post.Audience.DIRECT:
        return []
    own = post.author_id if thread.group_id is None else thread.group_id
    return [own, *_topics_of(thread)]


def _topics_of(thread: Post) -> list[int]:
    """Ids of the topics that a thread reaches, by its audience and its group's kind as they are stored."""
    reaches = Q(post__group__kind=Group.Kind.OPEN) | Q(post__audience=Post.Audience.PUBLIC)
    return list(PostTopic.objects.filter(reaches, post=thread).values_list("topic", flat=True))


def republish_thread(thread: Post) -> list[int]:
    """Bring a thread's publications in line with its topics and audience after an edit.

    Ids and places stay. Returns the streams in which the thread appears only now.
    """
    wanted = set(_topics_of(thread))
    in_topics = Publication.objects.filter(thread=thread, stream__kind=Stream.Kind.TOPIC)
    in_topics.exclude(stream__in=wanted).delete()
    added = wanted - set(in_topics.values_list("stream", flat=True).distinct())
    _publish_to_topics(PostTopic.objects.filter(post=thread, topic__in=added))
    return sorted(added)


def republish_group(group: Group) -> None:
    """Bring a group's threads into their topics when it opens, and out of them when it does not.

    Followers of those topics, and of the group, may find older entries in their home, so their
    generation moves: one statement, where a push for each thread would be as long as the group is old.
    The caller holds the group and `readers_of_topics`.
    """
    about = PostTopic.objects.filter(post__group=group)
    if group.kind == Group.Kind.OPEN:
        _publish_to_topics(about)
        readers_of_topics(group).update(generation=F("generation") + 1)
    else:
        Publication.objects.filter(thread__group=group, stream__kind=Stream.Kind.TOPIC).delete()


def readers_of_topics(group: Group) -> QuerySet[Person]:
    """Who follows the topics of a group's threads."""
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
