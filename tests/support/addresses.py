"""An address for every route, in a small world where each one shows something to its reader."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import NoReverseMatch, get_resolver, reverse

from feeds.mail import composition
from feeds.models import Letter, Notification
from network.actions import blocks, edits, invitations, lists, mutes
from network.actions.drafts import Draft
from network.models import Activity, Group, Person, Revision
from safety.models import SiteInvitation
from tests.support import factories, site
from tests.test_access import routes


def known(reader: Person) -> dict[str, str]:
    """Arguments of routes by name. They lead `reader` to things that the reader owns or may see."""
    friend, blocked = factories.person("friend"), factories.person("blocked")
    factories.follow(reader, friend)
    post = factories.post(reader, "The tide #turns at six.")
    edits.edit(reader, post, Draft("The tide #turns at seven."))
    factories.comment(friend, post)
    factories.post(friend)
    group = factories.group(reader, Group.Kind.REQUEST, friend)
    blocks.block(reader, blocked)
    thanked = Activity.objects.filter(post=post).first()
    site.invitation(site.administrator("keeper"))
    Notification.objects.get_or_create(person=reader, kind="comment", activity=thanked)
    return {
        "post_id": str(post.pk),
        "revision_id": str(Revision.objects.get().pk),
        "slug": group.slug,
        "token": invitations.invite(reader, group).token,
        "mute_id": str(mutes.mute_word(reader, "noise").pk),
        "invitation_id": str(SiteInvitation.objects.get().pk),
        "list_id": str(lists.create(reader, "Tides").pk),
        "person_id": str(friend.pk),
        "stream_id": str(friend.pk),
        "activity_id": str(thanked.pk if thanked else 0),
        "handle": friend.handle,
        "name": "turns",
        "kind": "people",
        # for routes of allauth and of the admin
        "key": "made-up",
        "uidb36": "1",
        "app_label": "auth",
        "object_id": str(friend.pk),
        "url": "elsewhere",
    }


def addresses(reader: Person) -> Iterator[tuple[str, str]]:
    """The name and an address of each route, without query strings."""
    arguments = known(reader)
    for name in sorted({name for name in routes() if not name.endswith(":None")}):
        chosen = {one: arguments[one] for one in arguments_of(name)}
        if name == "mail_stop":
            chosen = {"token": composition.stop_token(reader, Letter.Kind.DIGEST)}
        if name == "site_invitation":
            chosen = {"token": SiteInvitation.objects.get().token}
        yield name, reverse(name, kwargs=chosen)


def arguments_of(name: str) -> tuple[str, ...]:
    resolver = get_resolver()
    if name.startswith("admin:"):
        resolver, name = resolver.namespace_dict["admin"][1], name.removeprefix("admin:")
    found = resolver.reverse_dict.getlist(name)
    if not found:
        raise NoReverseMatch(name)
    (_pattern, names), *_rest = found[0][0]
    return tuple(names)
