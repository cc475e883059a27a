"""Rules: posts, comments, reshares, polls and edits, and the marks on them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from network.actions import bookmarks, edits, likes, polls, posts, reshares, threads, watches
from network.actions.drafts import Draft, PollDraft
from network.models import Poll, Post
from tests.state_machines.base import AUDIENCES, BaseMachine, back, pick, text, which, who, words


class PostRules(BaseMachine):
    @rule(author=who, audience=st.sampled_from(AUDIENCES), said=words, to=who, where=which, again=which)
    def publish(self, author: int, audience: str, said: set[str], to: int, where: int, again: int) -> None:
        extra: dict[str, Any] = {"audience": Post.Audience(audience)}
        if audience == Post.Audience.GROUP:
            extra = {"group": self.group(where)}
        elif audience == Post.Audience.DIRECT:
            extra["to"] = (self.person(to),)
        if again == 0:
            extra["poll"] = PollDraft(("Tea", "Coffee", "Water"), multiple=bool(where))
        self.attempt(posts.publish, self.person(author), Draft(text(said), **extra))

    @rule(authors=st.lists(st.tuples(who, st.integers(0, 2)), min_size=3, max_size=8), post=back, said=words)
    def publish_several(self, authors: list[tuple[int, int]], post: int, said: set[str]) -> None:
        """Several people say something at once, so that there is something to read."""
        for author, kind in authors:
            parent = self.post(post)
            if kind == 0 or parent is None:
                self.attempt(posts.publish, self.person(author), Draft(text(said)))
            elif kind == 1:
                self.attempt(posts.publish, self.person(author), Draft(text(said), parent=parent))
            else:
                self.attempt(reshares.reshare, self.person(author), parent)

    @rule(author=who, post=back, said=words)
    def comment(self, author: int, post: int, said: set[str]) -> None:
        parent = self.post(post)
        if parent is not None:
            self.attempt(posts.publish, self.person(author), Draft(text(said), parent=parent))

    @rule(author=who, post=back, said=words)
    def quote(self, author: int, post: int, said: set[str]) -> None:
        quotes = self.post(post)
        if quotes is not None:
            self.attempt(posts.publish, self.person(author), Draft(text(said), quotes=quotes))

    @rule(person=who, post=back, mark=st.sampled_from((reshares.reshare, reshares.reshare, reshares.undo)))
    def reshare(self, person: int, post: int, mark: Any) -> None:
        self.on_post(mark, person, post)

    @rule(
        person=who,
        post=back,
        mark=st.sampled_from(
            (likes.like, likes.unlike, bookmarks.save, bookmarks.remove, watches.watch_thread)
        ),
    )
    def mark(self, person: int, post: int, mark: Any) -> None:
        self.on_post(mark, person, post)

    @rule(person=who, poll=which, chosen=st.sets(which, min_size=1))
    def vote(self, person: int, poll: int, chosen: set[int]) -> None:
        found = pick(list(Poll.objects.order_by("-pk")), poll)
        if found is not None:
            self.attempt(polls.vote, self.person(person), found.post, chosen)

    @rule(post=back, said=words, audience=st.sampled_from(AUDIENCES), same=st.booleans())
    def edit(self, post: int, said: set[str], audience: str, same: bool) -> None:
        found = self.post(post)
        if found is not None:
            kept = Post.Audience(found.audience if same else audience)
            draft = Draft(text(said), audience=kept, commenting=Post.Commenting(found.commenting))
            self.attempt(edits.edit, found.author, found, draft)

    @rule(post=back)
    def delete(self, post: int) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(posts.delete, found.author, found)

    @rule(post=back, act=st.sampled_from((threads.hide_comment, threads.show_comment)))
    def hide(self, post: int, act: Any) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(act, found.thread.author, found)

    @rule(post=back, commenting=st.sampled_from(list(Post.Commenting)))
    def say_who_may_comment(self, post: int, commenting: Post.Commenting) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(threads.say_who_may_comment, found.author, found, commenting)
