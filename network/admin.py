"""What of this folder staff may look at on /admin/."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from network import ids
from network.administration import Shown
from network.models import Delivery, Group, Person, Post, Stream, Topic

WORDS = ("title", "summary", "text", "html", "words")  # of a post


@admin.register(Person)
class PersonAdmin(Shown):
    list_display = ("handle", "name", "domain", "joined_at", "followers", "is_active")
    list_filter = ("user__is_active", "user__is_staff", "language")
    list_select_related = ("stream", "user")
    ordering = ("-stream",)
    found_by = ("handle__iexact", "name__icontains")
    fields = (
        *("handle", "domain", "uri", "name", "bio", "links", "language", "approves_followers"),
        *("joined_at", "followers", "is_active"),
    )

    @admin.display(ordering="stream__followers_count")
    def followers(self, person: Person) -> int:
        return person.stream.followers_count

    @admin.display(boolean=True)
    def is_active(self, person: Person) -> bool:
        """Whether somebody can sign in as this person."""
        return person.user is not None and person.user.is_active


@admin.register(Post)
class PostAdmin(Shown):
    """That something was written, by whom and for whom. Comments are for whom their thread is."""

    list_display = ("id", "author", "audience", "is_root", "published_at", "comments_count", "deleted_at")
    list_filter = (
        ("thread__audience", admin.ChoicesFieldListFilter),
        "commenting",
        ("deleted_at", admin.EmptyFieldListFilter),
        ("hidden_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("author", "thread")
    ordering = ("-id",)
    found_by = ("author__handle",)
    fields = (
        *("id", "author", "audience", "commenting", "language", "thread_id", "parent_id"),
        *("published_at", "edited_at", "hidden_at", "deleted_at", "comments_count", "reshares_count"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request).defer(*WORDS, *(f"thread__{name}" for name in WORDS))

    def audience(self, post: Post) -> str:
        return Post.Audience(post.thread.audience).label


@admin.register(Group)
class GroupAdmin(Shown):
    """Groups that everybody may find. Of a hidden one there is the stream alone."""

    list_display = ("slug", "name", "kind", "members", "closed_at")
    list_filter = ("kind", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("stream",)
    ordering = ("-stream",)
    found_by = ("slug__icontains", "name__icontains")
    fields = ("slug", "name", "kind", "description", "rules", "shows_presence", "members", "closed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).exclude(kind=Group.Kind.HIDDEN)

    @admin.display(ordering="stream__followers_count")
    def members(self, group: Group) -> int:
        return group.stream.followers_count


@admin.register(Topic)
class TopicAdmin(Shown):
    list_display = ("name", "title", "followers", "alias_of")
    list_filter = (("alias_of", admin.EmptyFieldListFilter),)
    list_select_related = ("stream", "alias_of")
    ordering = ("name",)
    found_by = ("name__icontains", "title__icontains")
    fields = ("name", "title", "description", "alias_of", "followers")

    @admin.display(ordering="stream__followers_count")
    def followers(self, topic: Topic) -> int:
        return topic.stream.followers_count


@admin.register(Stream)
class StreamAdmin(Shown):
    list_display = ("id", "kind", "followers_count", "is_pushed", "pushed_from")
    list_filter = ("kind",)
    ordering = ("-followers_count", "-id")
    fields = list_display

    @admin.display(boolean=True)
    def is_pushed(self, stream: Stream) -> bool:
        """Whether what happens from now on is pushed to the timelines of the followers."""
        return stream.pushed_from < ids.MAX


@admin.register(Delivery)
class DeliveryAdmin(Shown):
    list_display = ("id", "kind", "activity_id", "activity_at", "batch", "leased_until", "tries")
    list_filter = ("kind", ("leased_until", admin.EmptyFieldListFilter))
    ordering = ("id",)
    numbered_by = "activity"
    found_by = ("kind",)
    fields = list_display

    @admin.display(ordering="activity")
    def activity_at(self, delivery: Delivery) -> datetime:
        return ids.at(delivery.activity_id)
