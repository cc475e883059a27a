"""Writing: what is sent by a plain form becomes a post, once, or comes back with every word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from network.actions import blocks
from network.models import Activity, Addressee, Group, Person, Post
from tests import making
from tests.network.views.conftest import words

pytestmark = pytest.mark.django_db


def send(client: Client, text: str = "The tide turns at six.", **fields: object):
    return client.post("/posts", {"text": text, "place": "public", "key": "k1"} | fields)


def the_post() -> Post:
    return Post.objects.get()


def test_the_page_to_write_on_names_every_place_and_carries_a_new_key(client: Client, noor: Person) -> None:
    making.group(noor, Group.Kind.HIDDEN, name="River Watch")
    first, second = words(client.get("/posts/new")), words(client.get("/posts/new"))
    for place in ("Anyone on the internet", "Unlisted", "My followers", "River Watch", "People I name"):
        assert place in first
    key = first.partition('name="key" value="')[2].partition('"')[0]
    assert len(key) >= 16
    assert key not in second


def test_a_post_is_written_and_shown_at_its_address(client: Client, noor: Person) -> None:
    response = send(
        client, "Hello **there**", title="Limpets", summary="Mild", language="de", commenting="nobody"
    )
    post = the_post()
    assert response.status_code == 303
    assert response["Location"] == f"/posts/{post.pk}"
    said = (post.author, post.title, post.summary, post.language, post.audience, post.commenting)
    assert said == (noor, "Limpets", "Mild", "de", "public", "nobody")


def test_five_presses_are_one_post_and_all_lead_to_it(client: Client, noor: Person) -> None:
    places = {send(client)["Location"] for _ in range(5)}
    assert places == {f"/posts/{the_post().pk}"}
    assert Activity.objects.filter(post=the_post()).count() == 1


def test_other_words_in_a_form_that_was_sent_are_not_lost(client: Client, noor: Person) -> None:
    first, second = send(client, "The tide turns."), send(client, "The tide turned.")
    assert first["Location"] != second["Location"]
    assert "The tide turned." in words(client.get(second["Location"]))
    for text in ("I saw it.", "I saw it too."):
        client.post("/posts", {"parent": Post.objects.earliest("pk").pk, "text": text, "key": "k2"})
    assert Post.objects.exclude(parent=None).count() == 2


def test_the_draft_in_the_browser_may_go_once_the_post_is_there(client: Client, noor: Person) -> None:
    page = words(client.get(send(client, draft="short")["Location"]))
    assert 'data-draft-done="short"' in page


def test_a_post_goes_to_a_group_of_ones_own(client: Client, noor: Person) -> None:
    group = making.group(noor)
    send(client, place=f"group:{group.pk}")
    assert (the_post().group, the_post().audience) == (group, "group")


def test_a_group_of_others_cannot_be_chosen(client: Client, noor: Person, ada: Person) -> None:
    group = making.group(ada)
    response = send(client, place=f"group:{group.pk}")
    assert response.status_code == 400
    assert "Choose who can see it." in words(response)
    assert not Post.objects.exists()


def test_a_message_reaches_those_who_are_named(
    client: Client, noor: Person, ada: Person, ben: Person
) -> None:
    send(client, "Bring a torch, @ben.", place="direct", to="@Ada,")
    assert set(Addressee.objects.values_list("person", flat=True)) == {ada.pk, ben.pk}


def test_a_message_for_nobody_comes_back(client: Client, noor: Person) -> None:
    response = send(client, place="direct", to=" ")
    assert response.status_code == 400
    assert "Say whom it is for." in words(response)


def test_an_unknown_name_comes_back_with_the_name(client: Client, noor: Person, ada: Person) -> None:
    blocks.block(ada, noor)
    for handle in ("nobody", "ada"):
        response = send(client, place="direct", to=f"@{handle}")
        assert f"There is nobody called @{handle} here." in words(response)


def test_a_poll_is_written(client: Client, noor: Person) -> None:
    send(client, options=["Tea", "", "Coffee"], multiple="on", open_for="60")
    poll = the_post().poll
    assert [option.text for option in poll.options.all()] == ["Tea", "Coffee"]
    assert poll.multiple
    assert timedelta(minutes=58) < poll.closes_at - timezone.now() <= timedelta(hours=1)


@pytest.mark.parametrize(
    "options", [["Tea"], ["Tea", "tea"], [f"Option {n}" for n in range(11)], ["Tea", "x" * 500]]
)
def test_a_poll_that_is_none_comes_back_with_its_options(
    client: Client, noor: Person, options: list[str]
) -> None:
    response = send(client, options=options)
    assert response.status_code == 400
    assert all(f'value="{option}"' in words(response) for option in options)
    assert not Post.objects.exists()


def test_what_cannot_be_taken_comes_back_word_for_word(client: Client, noor: Person) -> None:
    response = send(client, "a" * 5001 + " <end> & all", title="Kept", summary="Too")
    page = words(response)
    assert response.status_code == 400
    assert "characters; posts take 5,000." in page
    assert "&lt;end&gt; &amp; all" in page
    assert 'value="Kept"' in page
    assert 'value="Too"' in page
    assert "data-bound" in page
    assert 'name="key" value="k1"' in page


def test_a_comment_is_written_under_what_it_answers(client: Client, noor: Person, ada: Person) -> None:
    root = making.post(ada)
    comment = making.comment(ada, root)
    response = client.post("/posts", {"text": "Mine", "parent": str(comment.pk), "key": "k"})
    mine = Post.objects.get(author=noor)
    assert mine.parent == comment
    assert response["Location"] == f"/posts/{root.pk}#c{mine.pk}"


def test_a_comment_on_what_is_gone_comes_back_with_its_words(
    client: Client, noor: Person, ada: Person
) -> None:
    root = making.post(ada, audience=Post.Audience.FOLLOWERS)
    response = client.post("/posts", {"text": "My long thought", "parent": str(root.pk)})
    assert response.status_code == 404
    assert "My long thought" in words(response)


def test_a_comment_where_one_may_not_comes_back_with_the_reason(
    client: Client, noor: Person, ada: Person
) -> None:
    root = making.post(ada, commenting=Post.Commenting.NOBODY)
    response = client.post("/posts", {"text": "My long thought", "parent": str(root.pk)})
    assert response.status_code == 403
    assert "The author of this thread has said who may comment" in words(response)
    assert "My long thought" in words(response)


def test_the_page_to_answer_on_shows_what_is_answered(client: Client, noor: Person, ada: Person) -> None:
    comment = making.comment(ada, making.post(ada), "What is slime?")
    page = words(client.get(f"/posts/new?parent={comment.pk}"))
    assert "What is slime?" in page
    assert f'name="parent" value="{comment.pk}"' in page


def test_a_link_fills_in_the_page(client: Client, noor: Person) -> None:
    group = making.group(noor, name="River Watch")
    page = words(client.get(f"/posts/new?text=%23tides&group={group.slug}"))
    assert "#tides</textarea>" in page
    assert f'<option value="group:{group.pk}" selected>' in page
    assert '<option value="direct" selected>' in words(client.get("/posts/new?to=ada"))


def test_a_preview_is_what_it_will_be_and_writes_nothing(client: Client, noor: Person, ada: Person) -> None:
    sent = {"text": "**Bold** @ada #new_topic <script>", "title": "Kept", "options": ["Tea", "Coffee"]}
    page = words(client.post("/posts/preview", sent))
    assert "<strong>Bold</strong>" in page
    assert 'href="/people/ada"' in page
    assert 'href="/topics/new_topic"' in page
    assert "&lt;script&gt;" in page
    assert 'value="Kept"' in page
    assert 'value="Coffee"' in page
    assert not making.Topic.objects.exists()
    part = words(client.post("/posts/preview", sent, headers={"HX-Request": "true"}))
    assert part.startswith('<div id="preview"')
    assert "Write a few words first." in words(client.post("/posts/preview", {"text": " "}))


def test_words_sent_after_the_session_ended_wait_behind_the_sign_in(client: Client, noor: Person) -> None:
    client.logout()
    response = send(client, "Not lost", title="Kept", **{"as": str(noor.pk), "options": ["Tea", "Coffee"]})
    assert response["Location"] == "/accounts/login/?next=/posts/new"
    assert not Post.objects.exists()
    page = client.post(
        response["Location"], {"login": "noor", "password": "correct horse battery"}, follow=True
    )
    assert page.redirect_chain[-1][0] == "/posts/new"
    assert "Not lost</textarea>" in words(page)
    assert 'value="Coffee"' in words(page)
    assert "Not lost" not in words(client.get("/posts/new"))


def test_words_of_one_person_do_not_wait_for_another(
    client: Client, noor: Person, ada: Person, as_person
) -> None:
    client.logout()
    send(client, "Mine alone", **{"as": str(ada.pk)})
    client.post("/accounts/login/?next=/posts/new", {"login": "noor", "password": "correct horse battery"})
    assert "Mine alone" not in words(client.get("/posts/new"))


def test_a_comment_sent_after_the_session_ended_waits_too(client: Client, noor: Person, ada: Person) -> None:
    root = making.post(ada)
    client.logout()
    client.post("/posts", {"text": "Not lost", "parent": str(root.pk), "as": str(noor.pk)})
    login = f"/accounts/login/?next=/posts/new%3Fparent%3D{root.pk}"
    page = client.post(login, {"login": "noor", "password": "correct horse battery"}, follow=True)
    assert "Not lost</textarea>" in words(page)


def test_a_form_without_its_token_writes_nothing(noor: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(noor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = send(strict)
    assert response.status_code == 403
    assert "Send it once more" in words(response)
    assert not Post.objects.exists()


def test_a_post_is_about_the_topics_that_are_named(client: Client, noor: Person) -> None:
    send(client, "On the shore. #tides", topics="Tidal Ecology, #statistics, ,tides")
    names = set(the_post().about.values_list("topic__name", flat=True))
    assert names == {"tides", "tidal_ecology", "statistics"}
    refused = send(client, topics="fine, 100%", key="k2")
    assert refused.status_code == 400
    assert "“100%” cannot be a topic." in words(refused)


def test_a_preview_asked_for_after_the_session_ended_waits_too(client: Client, noor: Person) -> None:
    client.logout()
    client.post("/posts/preview", {"text": "Not lost", "place": "public", "as": str(noor.pk)})
    login = "/accounts/login/?next=/posts/new"
    page = client.post(login, {"login": "noor", "password": "correct horse battery"}, follow=True)
    assert "Not lost</textarea>" in words(page)
