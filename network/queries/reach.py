"""Who sees a new post, in a sentence for its author."""

from __future__ import annotations

from django.utils.translation import gettext as _

from network.models import Follow, Post, Publication


def who_sees(post: Post) -> str:
    """A sentence for the author of a new post: it is published and, if it has no followers, who sees it.

    One query.
    """
    if post.thread.audience == Post.Audience.DIRECT:
        return _("Your message is sent.")
    if not post.is_root:
        return _("Your comment is here.")
    if post.audience == Post.Audience.GROUP or reaches_somebody(post):
        return _("Your post is here.")
    if post.audience == Post.Audience.FOLLOWERS:
        return _("Your post is here. Nobody follows you yet, so nobody else sees it for now.")
    if post.audience == Post.Audience.UNLISTED:
        return _("Your post is here. Nobody follows you yet: only people whom you send its link will see it.")
    return _(
        "Your post is here. Nobody follows you yet, and it has no topic that others follow: "
        "people see it on your page and in Explore. Edit it to add a topic."
    )


def reaches_somebody(post: Post) -> bool:
    """Whether somebody else than the author follows a stream with the post. One query."""
    streams = Publication.objects.filter(activity=post.pk).values("stream")
    follows = Follow.objects.filter(stream__in=streams, state=Follow.State.ACCEPTED)
    return follows.exclude(follower=post.author_id).exists()
