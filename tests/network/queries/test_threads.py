"""The order and the pages of a thread."""

from __future__ import annotations

import pytest

from network.actions import blocks, posts, threads
from network.errors import NotVisible
from network.models import Person, Post
from network.queries import threads as queries
from network.queries.threads import PAGE, Comment, find_page, place_of
from tests.support import factories


def outline(comments: tuple[Comment, ...] | list[Comment]) -> list:
    """The texts of comments, each with those below it; None for a tombstone."""
    return [
        (row.shown.post.text if row.shown else None, outline(row.replies))
        if row.replies
        else (row.shown.post.text if row.shown else None)
        for row in comments
    ]


def read(viewer: Person | None, root: Post, after: int | None = None) -> list:
    return outline(find_page(viewer, root.pk, after).comments)


def test_comments_are_below_the_post_that_they_answer(ada: Person, ben: Person) -> None:
    root = factories.post(ada)
    a = factories.comment(ben, root, "a")
    b = factories.comment(ben, root, "b")
    factories.comment(ada, b, "b1")
    a1 = factories.comment(ada, a, "a1")
    factories.comment(ben, a1, "a1x")
    factories.comment(ben, a, "a2")
    assert read(None, root) == [("a", [("a1", ["a1x"]), "a2"]), ("b", ["b1"])]


def test_comments_beyond_the_greatest_depth_are_siblings(ada: Person) -> None:
    root = factories.post(ada)
    parent = root
    for n in range(queries.DEEPEST + 3):
        parent = factories.comment(ada, parent, str(n))
    page = read(None, root)
    for _ in range(queries.DEEPEST - 2):
        ((_words, page),) = page
    ((_words, deepest),) = page
    assert deepest == [str(n) for n in range(queries.DEEPEST - 1, queries.DEEPEST + 3)]


def test_answers_to_an_unreadable_comment_are_at_the_top_level(ada: Person, ben: Person, chi: Person) -> None:
    root = factories.post(ada)
    bens = factories.comment(ben, root, "ben's")
    factories.comment(ada, bens, "ada's")
    blocks.block(chi, ben)
    assert read(chi, root) == ["ada's"]
    threads.hide_comment(ada, bens)
    assert read(None, root) == ["ada's"]
    assert read(ben, root) == [("ben's", ["ada's"])]


def test_a_deleted_comment_with_answers_is_a_tombstone(ada: Person) -> None:
    root = factories.post(ada)
    a = factories.comment(ada, root, "a")
    b = factories.comment(ada, a, "b")
    factories.comment(ada, b, "c")
    leaf = factories.comment(ada, b, "leaf")
    for gone in (leaf, b, a):
        posts.delete(ada, gone)
    assert read(None, root) == [(None, [(None, ["c"])])]


def test_the_pages_together_have_all_comments(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    root = factories.post(ada)
    for n in range(7):
        factories.comment(ada, root, str(n))
    seen: list[str] = []
    after: int | None = None
    while True:
        page = find_page(None, root.pk, after)
        seen += outline(page.comments)
        after = page.newer
        if after is None:
            break
    assert seen == [str(n) for n in range(7)]


def test_an_answer_on_a_later_page_is_at_the_top_level_and_names_the_answered_person(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    root = factories.post(ada)
    first = factories.comment(ada, root, "first")
    factories.comment(ada, root, "second")
    factories.comment(ada, first, "late")
    page = find_page(None, root.pk, find_page(None, root.pk).newer)
    assert outline(page.comments) == ["late"]
    assert page.comments[0].shown.parent == first


def test_a_deleted_root_stays_while_comments_are_left(ada: Person, ben: Person, chi: Person) -> None:
    root = factories.post(ada)
    factories.comment(ben, root, "left")
    posts.delete(ada, root)
    page = find_page(chi, root.pk)
    assert page.root is None
    assert outline(page.comments) == ["left"]
    blocks.block(chi, ben)
    with pytest.raises(NotVisible):
        find_page(chi, root.pk)


def test_a_comment_has_no_page_of_a_thread(ada: Person) -> None:
    comment = factories.comment(ada, factories.post(ada))
    for id in (comment.pk, 1):
        with pytest.raises(NotVisible):
            find_page(ada, id)


def test_later_comments_of_others_are_new(ada: Person, ben: Person) -> None:
    root = factories.post(ada)
    old = factories.comment(ada, root, "old")
    assert find_page(ben, root.pk).unread is None
    threads.mark_read(ben, root, old.pk)
    assert find_page(ben, root.pk).unread is None
    factories.comment(ben, root, "mine")
    first = factories.comment(ada, root, "new")
    factories.comment(ada, root, "newer")
    page = find_page(ben, root.pk)
    assert page.unread == queries.Unread(2, first.pk)
    assert page.unread_is_here
    assert [row.is_new for row in page.comments] == [False, False, True, True]


def test_the_position_of_a_comment_is_a_page_that_contains_it(ada: Person, ben: Person) -> None:
    root = factories.post(ada)
    comments = [factories.comment(ada, root, str(n)) for n in range(PAGE + 1)]
    assert place_of(ben, comments[PAGE - 1]).after is None
    last = comments[PAGE]
    page = find_page(ben, root.pk, place_of(ben, last).after)
    assert str(PAGE) in outline(page.comments)
    assert len(page.comments) == queries.BEFORE + 1
