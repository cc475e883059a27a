"""The data of the demo: all names in it exist, and nobody in it does what the rules would refuse.

These tests read only the files. `test_demo` loads them through the actions.

"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import samples
from network.text import BIO, NAME, OPTION, POST, SUMMARY, TITLE, Limit, clean, parse, topic_name

Row = dict[str, Any]

DEMO = Path(samples.__file__).parent / "demo"
FILES = sorted(DEMO.glob("threads-*.toml"))
HANDLE = re.compile(r"[a-z0-9][a-z0-9_.]{1,28}[a-z0-9]")
LANGUAGES = {"ar", "de", "en", "es", "fr", "hi", "ja", "ur"}
TWELVE_DAYS = 12 * 24
HERE = {"key", "author", "text", "minutes_after"}
THREAD = {"key", "author", "text", "audience", "hours_ago"}
MORE = {"title", "summary", "language", "group", "to", "thanks", "resharers", "poll", "comment", "quote"}


def rows(name: str, kind: str) -> list[Row]:
    with (DEMO / name).open("rb") as file:
        found = tomllib.load(file)
    assert set(found) == {kind}
    return list(found[kind])


PEOPLE = {person["handle"]: person for person in rows("people.toml", "person")}
TOPICS = {topic["name"]: topic for topic in rows("topics.toml", "topic")}
GROUPS = {group["slug"]: group for group in rows("groups.toml", "group")}
THREADS = [thread for file in FILES for thread in rows(file.name, "thread")]
HASHTAGS = {topic_name(word) for name, topic in TOPICS.items() for word in (name, *topic.get("aliases", []))}

each_thread = pytest.mark.parametrize("thread", THREADS, ids=[thread["key"] for thread in THREADS])


def members(group: Row) -> list[str]:
    return [group["owner"], *group["moderators"], *group["members"]]


def readers(thread: Row) -> set[str]:
    """The people who may read a thread, and therefore write, like and vote in it."""
    author = thread["author"]
    if thread["audience"] == "group":
        group = GROUPS[thread["group"]]
        return set(members(group)) if group["kind"] != "open" else set(PEOPLE)
    if thread["audience"] == "direct":
        return {author, *thread["to"]}
    if thread["audience"] == "followers":
        return {author, *(handle for handle, person in PEOPLE.items() if author in person["follows"])}
    return set(PEOPLE)


def posts(thread: Row) -> list[Row]:
    return [thread, *thread.get("comment", []), *thread.get("quote", [])]


def levels(thread: Row) -> Iterator[int]:
    """The depth of each comment. A comment on the root is at level 1."""
    deep: dict[str, int] = {}
    for comment in thread.get("comment", []):
        deep[comment["key"]] = deep[comment["parent"]] + 1 if "parent" in comment else 1
        yield deep[comment["key"]]


def assert_clean(text: str, limit: Limit) -> None:
    assert clean(text, limit=limit) == text.strip()


def test_there_are_forty_people_fifteen_topics_and_eight_groups():
    assert [len(PEOPLE), len(TOPICS), len(GROUPS)] == [40, 15, 8]
    for name, kind in (("people.toml", "person"), ("topics.toml", "topic"), ("groups.toml", "group")):
        assert len(rows(name, kind)) == len({"person": PEOPLE, "topic": TOPICS, "group": GROUPS}[kind])
    assert Counter(group["kind"] for group in GROUPS.values()) == {"open": 5, "request": 2, "hidden": 1}
    assert sum(person.get("approves_followers", False) for person in PEOPLE.values()) == 2
    assert len(THREADS) >= 45
    assert sum(len(thread.get("comment", [])) for thread in THREADS) >= 260


@pytest.mark.parametrize("handle", PEOPLE)
def test_a_person_follows_existing_objects(handle: str):
    person = PEOPLE[handle]
    assert HANDLE.fullmatch(handle)
    assert_clean(person["name"], NAME)
    assert_clean(person["bio"], BIO)
    assert person["language"] in LANGUAGES
    assert set(person["topics"]) <= set(TOPICS)
    assert set(person["follows"]) <= set(PEOPLE) - {handle}
    assert set(person.get("digest", [])) <= set(person["topics"])
    joined = {slug for slug, group in GROUPS.items() if handle in members(group)}
    assert set(person.get("watches", [])) <= joined | set(PEOPLE) - {handle}
    followed_at_all = joined | {*person["topics"], *person["follows"]} - {*person.get("digest", [])}
    for title, names in person.get("lists", {}).items():
        assert_clean(title, NAME)
        assert set(names) <= followed_at_all
    for followed in (person["follows"], person["topics"]):
        assert len(set(followed)) == len(followed) > 0
    for link in person.get("links", []):
        assert set(link) == {"title", "url"}
        assert re.fullmatch(r"https://([a-z-]+\.)?example\.org(/\S*)?", link["url"])


def test_topics_and_their_aliases_have_different_names():
    assert None not in HASHTAGS
    assert len(HASHTAGS) == sum(1 + len(topic.get("aliases", [])) for topic in TOPICS.values())


@pytest.mark.parametrize("slug", GROUPS)
def test_a_group_has_each_existing_person_at_most_once(slug: str):
    group = GROUPS[slug]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert_clean(group["name"], NAME)
    assert_clean(group["description"], BIO)
    assert_clean(group["rules"], BIO)
    asking = [request["handle"] for request in group.get("requests", [])]
    everyone = [*members(group), *asking]
    assert set(everyone) <= set(PEOPLE)
    assert len(set(everyone)) == len(everyone)
    assert not asking or group["kind"] == "request"
    assert set(group["topics"]) <= set(TOPICS)


def test_each_thread_has_its_own_key():
    assert len({thread["key"] for thread in THREADS}) == len(THREADS)


@each_thread
def test_each_thread_has_an_audience(thread: Row):
    assert set(thread) - MORE == THREAD
    assert thread["audience"] in {"public", "unlisted", "followers", "group", "direct"}
    assert ("group" in thread) == (thread["audience"] == "group")
    assert ("to" in thread) == (thread["audience"] == "direct")
    assert thread.get("group", next(iter(GROUPS))) in GROUPS
    assert set(thread.get("to", [])) <= set(PEOPLE) - {thread["author"]}
    assert 0 < thread["hours_ago"] <= TWELVE_DAYS
    assert_clean(thread.get("title", "A title"), TITLE)
    assert_clean(thread.get("summary", "A summary"), SUMMARY)
    if thread["audience"] == "public":
        assert parse(thread["text"]).hashtags, "a public thread is found by its topics"


@each_thread
def test_texts_name_only_existing_objects(thread: Row):
    for post in posts(thread):
        assert_clean(post["text"], POST)
        named = parse(post["text"])
        assert set(named.mentions) <= set(PEOPLE), post["text"]
        assert set(named.hashtags) <= HASHTAGS, post["text"]
        assert post.get("language", "en") in LANGUAGES
        assert post["text"].count("```") % 2 == 0
        assert not re.search(r"^ {4}\S", re.sub(r"(?ms)^```.*?^```$", "", post["text"]), re.MULTILINE), (
            "indented code is not shown as code: fence it"
        )


@each_thread
def test_comments_are_later_than_their_parents(thread: Row):
    written = {"": 0.0}
    for comment in thread.get("comment", []):
        assert set(comment) - {"parent", "thanks", "language"} == HERE
        assert comment["key"] not in written
        assert written[comment.get("parent", "")] < comment["minutes_after"]
        written[comment["key"]] = comment["minutes_after"]
    for quote in thread.get("quote", []):
        assert set(quote) == HERE - {"key"}
    for post in posts(thread)[1:]:
        assert 0 < post["minutes_after"] < thread["hours_ago"] * 60, "nothing is written in the future"


@each_thread
def test_only_people_who_may_read_take_part(thread: Row):
    here = readers(thread)
    writers = {post["author"] for post in posts(thread)}
    if thread["audience"] == "group":
        assert writers <= set(members(GROUPS[thread["group"]]))
    assert writers <= here
    for post in posts(thread):
        thanks = post.get("thanks", [])
        assert len(set(thanks)) == len(thanks)
        assert set(thanks) <= here - {post["author"]}
    assert set(thread.get("poll", {}).get("votes", {})) <= here


@each_thread
def test_only_public_posts_are_reshared(thread: Row):
    sharers = [*thread.get("resharers", []), *(quote["author"] for quote in thread.get("quote", []))]
    assert len(set(sharers)) == len(sharers)
    assert thread["author"] not in sharers
    if thread["audience"] == "group":
        assert set(sharers) <= set(members(GROUPS[thread["group"]]))
    elif thread["audience"] not in {"public", "unlisted"}:
        assert not sharers
    assert set(sharers) <= set(PEOPLE)


@pytest.mark.parametrize("thread", [thread for thread in THREADS if "poll" in thread], ids=lambda t: t["key"])
def test_votes_are_for_options_of_an_open_poll(thread: Row):
    poll = thread["poll"]
    assert set(poll) == {"options", "multiple", "closes_in_hours", "votes"}
    assert len(set(poll["options"])) == len(poll["options"]) >= 2
    for option in poll["options"]:
        assert_clean(option, OPTION)
    for chosen in poll["votes"].values():
        assert set(chosen) <= set(range(len(poll["options"])))
        assert len(chosen) == len(set(chosen)) > 0
        assert poll["multiple"] or len(chosen) == 1
    assert poll["closes_in_hours"] > thread["hours_ago"], "still open when the demo starts"


def test_the_demo_has_every_kind_of_object():
    by_audience = Counter(thread["audience"] for thread in THREADS)
    assert by_audience["followers"] >= 2
    assert by_audience["unlisted"] >= 1
    assert sum("poll" in thread for thread in THREADS) >= 3
    assert sum("summary" in thread for thread in THREADS) >= 1
    assert sum("noor" in {thread["author"], *thread["to"]} for thread in THREADS if thread.get("to")) >= 3
    in_groups = Counter(thread["group"] for thread in THREADS if "group" in thread)
    assert set(in_groups) == set(GROUPS)
    assert sum(count >= 6 for count in in_groups.values()) >= 2
    assert sum(len(list(levels(t))) >= 25 and max(levels(t)) >= 6 for t in THREADS if "comment" in t) >= 3
    assert sum("comment" not in thread for thread in THREADS) >= 1
    assert any("```python" in post["text"] for thread in THREADS for post in posts(thread))
    assert {thread.get("language", "en") for thread in THREADS} >= {"ar", "de", "es", "fr", "hi", "ja"}
    arabic = [thread for thread in THREADS if thread.get("language") == "ar"]
    assert any(comment.get("language", "ar") == "ar" for thread in arabic for comment in thread["comment"])
    assert min(thread["hours_ago"] for thread in THREADS) < 3


def test_noor_has_a_varied_home():
    noor = PEOPLE["noor"]
    assert len(noor["follows"]) >= 12
    assert len(noor["topics"]) >= 6
    assert sum("noor" in members(group) for group in GROUPS.values()) == 4
    assert any("noor" not in members(group) for group in GROUPS.values() if group["kind"] == "request")
