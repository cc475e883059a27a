"""Names between processes and in stored pages stay: processes of two versions run side by side."""

from __future__ import annotations

import json
from dataclasses import replace

from network.release import release
from realtime.protocol import client_messages, messages
from realtime.protocol.client_messages import Watch
from realtime.protocol.messages import Message
from realtime.protocol.places import Place
from realtime.protocol.post_visibility import PostVisibility

POST = PostVisibility(
    post=7,
    author=1,
    is_hidden=False,
    is_deleted=False,
    words=" tide ",
    thread=7,
    thread_author=1,
    audience="group",
    group=3,
    group_is_open=True,
    topics=frozenset({4}),
    addressees=frozenset(),
    comments=2,
    reshares=0,
    answered=0,
    people=frozenset({1}),
)
MESSAGE = Message("entry", 9, (3, 4), (1,), None, 1, "post", POST, '{"v":1,"type":"entry"}', ())
ENCODED = {
    "v": 2,
    "type": "entry",
    "id": 9,
    "streams": [3, 4],
    "people": [1],
    "thread": None,
    "actor": 1,
    "kind": "post",
    "facts": {
        "post": 7,
        "author": 1,
        "is_hidden": False,
        "is_deleted": False,
        "words": " tide ",
        "thread": 7,
        "thread_author": 1,
        "audience": "group",
        "group": 3,
        "group_is_open": True,
        "topics": [4],
        "addressees": [],
        "comments": 2,
        "reshares": 0,
        "answered": 0,
        "people": [1],
    },
    "frame": '{"v":1,"type":"entry"}',
    "posts": [],
}


def test_a_message_has_the_same_names_as_in_older_processes():
    assert json.loads(MESSAGE.encode()) == ENCODED


def test_a_message_of_an_older_process_is_understood():
    assert messages.decode(json.dumps(ENCODED).encode()) == MESSAGE
    bare = ENCODED | {"facts": None}
    assert messages.decode(json.dumps(bare).encode()) == replace(MESSAGE, visibility=None)


def test_a_message_of_another_version_is_dropped():
    assert messages.decode(json.dumps(ENCODED | {"v": 3}).encode()) is None


def test_a_page_names_its_person_as_it_always_did():
    said = {"v": 1, "type": "watch", "place": "home", "since": "5", "reader": "8"}
    made_for_ada = Watch(Place("home"), frozenset(), 5, "", 8)
    assert client_messages.parse(json.dumps(said)) == made_for_ada
    assert client_messages.parse_query({"place": "home", "since": "5", "reader": "8"}) == made_for_ada


def test_a_page_is_told_the_release_with_what_it_is_complete_from() -> None:
    said = {"v": 1, "since": "9", "release": release()}
    assert json.loads(messages.complete_frame(9, more=False)) == said | {"type": "ready"}
    assert json.loads(messages.complete_frame(9, more=True)) == said | {"type": "more"}
