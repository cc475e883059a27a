"""The world of the pages, with long words that cannot break in every field of every form."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from network.actions import edits, groups, lists, mutes, people, polls, topics, watches
from network.actions.drafts import Draft, PollDraft
from network.actions.groups import GroupDraft
from network.actions.links import Link
from network.actions.people import Profile
from network.models import Block, Delivery, Group, Mute, Person, Post, Topic
from network.text import BIO, NAME, OPTION, POST, TITLE
from tests.support.browser import world
from tests.support.browser.world import World
from tests.support.waiting import wait_until

WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmütze"
HANDLE, TOPIC = 30, 60  # the maximum number of letters


def long(letters: int) -> str:
    """One word of this length."""
    return (WORD * (letters // len(WORD) + 1))[:letters]


def build() -> World:
    made = world.build()
    for number, person in enumerate(_people(made)):
        _rename(person, number)
    _rename_topics(made)
    lists.rename(made.ada, made.friends.pk, long(NAME.most))
    for group in Group.objects.filter(stream__follows__follower__in=_people(made)).distinct():
        _rename_group(group)
    for post in Post.objects.filter(author__in=_people(made), deleted_at=None).order_by("pk"):
        _rewrite(made, post)
    mutes.mute_word(made.ada, long(OPTION.most))
    watches.watch_stream(made.ada, made.ben.stream, watches.Level.ALL)
    mail = f"{long(60)}@{'d' * 60}.example".lower().replace("ä", "a").replace("ü", "u")
    EmailAddress.objects.create(user=made.ada.user, email=mail, verified=True, primary=True)
    for each in (*_people(made), made.topic, made.group, made.asked, made.friends):
        each.refresh_from_db()
    wait_until(lambda: not Delivery.objects.exists(), "the worker has told everybody", 30)
    return made


def _people(made: World) -> list[Person]:
    blocked = [block.blocked for block in Block.objects.filter(blocker=made.ada)]
    return [made.ada, made.ben, made.chi, made.dan, made.newcomer, made.locked, *blocked]


def _rename(person: Person, number: int) -> None:
    address = f"https://{long(200).encode('ascii', 'ignore').decode()}.example/"
    name, about = long(NAME.most), long(BIO.most)
    people.describe(person, Profile(name, about, (Link(name, address), Link("", address)), (name,), (name,)))
    people.rename(person, f"{'w' * (HANDLE - 8)}{person.pk % 10**6:06}.{number}")


def _rename_topics(made: World) -> None:
    # No action changes the name of a topic, because it is the address.
    Topic.objects.filter(pk=made.topic.pk).update(name=long(TOPIC).casefold())
    made.topic.refresh_from_db()
    muted = Mute.objects.filter(person=made.ada).values("topic")
    for topic in (made.topic, *Topic.objects.filter(pk__in=muted)):
        topics.describe(made.ada, topic, title=long(NAME.most), description=long(BIO.most))


def _rename_group(group: Group) -> None:
    owner = Person.objects.get(follows__stream=group.pk, follows__role="owner")
    name, about = long(NAME.most), long(BIO.most)
    draft = GroupDraft(name, Group.Kind(group.kind), about, long(POST.most), group.shows_presence)
    groups.edit(owner, group, draft)


def _rewrite(made: World, post: Post) -> None:
    """Give a post long words in prose, code, a table, a link, a mention and a hashtag."""
    word = long(80)
    text = "\n\n".join(
        (
            f"# {word}",
            f"{word} **{word}** @{made.ben.handle} #{made.topic.name} https://{'d' * 60}.example/{word}",
            f"> {word}",
            f"- {word}",
            f"    {word}",
            f"| {word} | {word} |\n|---|---|\n| {word} | `{word}` |",
        )
    )
    is_poll = hasattr(post, "poll")
    options = PollDraft((f"1{long(OPTION.most - 1)}", f"2{long(OPTION.most - 1)}")) if is_poll else None
    draft = Draft(
        text,
        title=long(TITLE.most) if post.is_root else "",
        summary=long(TITLE.most) if post.summary else "",
        audience=Post.Audience(post.audience),
        poll=options,
    )
    edits.edit(post.author, post, draft)
    if is_poll:
        polls.vote(made.dan, post, [0])
