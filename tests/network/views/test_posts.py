"""Publishing: a plain form creates one post, or comes back with all its fields."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from network.actions import blocks, edits, posts, threads
from network.actions.drafts import Draft
from network.forms.destinations import HOME, Destination
from network.models import Activity, Addressee, Group, Person, Post
from tests.network.views.conftest import sign_in, words
from tests.support import factories

pytestmark = pytest.mark.django_db


def send(
    client: Client, text: str = "The tide turns at six.", made_for: Destination = HOME, **fields: object
):
    """What a form of Noor's sends. Without a destination the post is for everybody."""
    noor = Person.objects.get(handle="noor")
    sent = {"text": text, "place": "public", "key": "k1"} | fields
    return client.post("/posts", factories.form(noor, made_for, **sent))


def the_post() -> Post:
    return Post.objects.get()


def test_the_composer_offers_every_destination_and_has_a_new_key(client: Client, noor: Person) -> None:
    factories.group(noor, Group.Kind.HIDDEN, name="River Watch")
    first, second = words(client.get("/posts/new")), words(client.get("/posts/new"))
    for place in ("Anyone on the internet", "Unlisted", "My followers", "River Watch", "People I name"):
        assert place in first
    key = first.partition('name="key" value="')[2].partition('"')[0]
    assert len(key) >= 16
    assert key not in second


def test_a_post_is_published_and_shown_at_its_url(client: Client, noor: Person) -> None:
    response = send(
        client, "Hello **there**", title="Limpets", summary="Mild", language="de", commenting="nobody"
    )
    post = the_post()
    assert response.status_code == 303
    assert response["Location"] == f"/posts/{post.pk}"
    said = (post.author, post.title, post.summary, post.language, post.audience, post.commenting)
    assert said == (noor, "Limpets", "Mild", "de", "public", "nobody")


def test_a_form_sent_five_times_makes_one_post_and_all_responses_lead_to_it(
    client: Client, noor: Person
) -> None:
    places = {send(client)["Location"] for _ in range(5)}
    assert places == {f"/posts/{the_post().pk}"}
    assert Activity.objects.filter(post=the_post()).count() == 1


def test_a_new_text_in_a_form_that_was_sent_is_not_lost(client: Client, noor: Person) -> None:
    first, second = send(client, "The tide turns."), send(client, "The tide turned.")
    assert first["Location"] != second["Location"]
    assert "The tide turned." in words(client.get(second["Location"]))
    for text in ("I saw it.", "I saw it too."):
        client.post("/posts", factories.answer(noor, Post.objects.earliest("pk"), text, key="k2"))
    assert Post.objects.exclude(parent=None).count() == 2


def test_a_form_sent_again_after_a_deletion_makes_a_new_post(client: Client, noor: Person) -> None:
    posts.delete(noor, Post.objects.get(pk=send(client)["Location"].rpartition("/")[2]))
    page = words(client.get(send(client, draft="home")["Location"]))
    assert "The tide turns at six." in page
    assert 'data-draft-done="home"' in page


def test_a_new_choice_in_a_form_that_was_sent_is_not_lost(client: Client, noor: Person) -> None:
    send(client)
    send(client, place="followers")
    send(client, options=["Tea", "Coffee"])
    assert Post.objects.count() == 3
    assert Post.objects.filter(audience="followers").count() == 1
    assert Post.objects.exclude(poll=None).count() == 1


def test_a_draft_stays_if_the_post_has_been_edited(client: Client, noor: Person) -> None:
    client.get(send(client)["Location"])
    post = the_post()
    edits.edit(noor, post, Draft("It turns at seven."))
    response = send(client, draft="home")
    assert response["Location"] == f"/posts/{post.pk}"
    page = words(client.get(response["Location"]))
    assert "data-draft-done" not in page
    assert "You sent this before" in page


def test_a_draft_stays_if_its_comment_was_hidden(client: Client, noor: Person, ada: Person) -> None:
    root = factories.post(ada)
    sent = factories.answer(noor, root, "Mine", key="k")
    client.get(client.post("/posts", sent)["Location"], follow=True)
    threads.hide_comment(ada, Post.objects.get(author=noor))
    page = words(client.get(client.post("/posts", sent)["Location"]))
    assert "data-draft-done" not in page
    assert Post.objects.filter(author=noor).count() == 1


@pytest.mark.parametrize(("in_text", "in_field"), [(0, 31), (30, 1), (16, 16)])
def test_too_many_topics_are_refused_and_come_back(
    client: Client, noor: Person, in_text: int, in_field: int
) -> None:
    text = " ".join(["Tides.", *(f"#a{n}" for n in range(in_text))])
    topics = ", ".join(f"b{n}" for n in range(in_field))
    response = send(client, text, topics=topics)
    assert response.status_code == 400
    assert f"This names {in_text + in_field} topics, and a post has room for 30." in words(response)
    assert f'value="{topics}"' in words(response)
    assert not factories.Topic.objects.exists()


def test_a_topic_in_the_text_and_in_the_field_counts_once(client: Client, noor: Person) -> None:
    send(client, " ".join(f"#a{n}" for n in range(30)), topics=", ".join(f"a{n}" for n in range(30)))
    assert the_post().about.count() == 30


def test_the_draft_in_the_browser_is_deleted_once_the_post_exists(client: Client, noor: Person) -> None:
    page = words(client.get(send(client, draft="home")["Location"]))
    assert 'data-draft-done="home"' in page


def test_a_post_goes_to_a_group_of_its_author(client: Client, noor: Person) -> None:
    group = factories.group(noor)
    send(client, place=f"group:{group.pk}")
    assert (the_post().group, the_post().audience) == (group, "group")


def test_a_group_of_others_cannot_be_chosen(client: Client, noor: Person, ada: Person) -> None:
    group = factories.group(ada)
    response = send(client, place=f"group:{group.pk}")
    assert response.status_code == 400
    assert "Choose who can see it." in words(response)
    assert not Post.objects.exists()


def test_a_message_reaches_the_named_people(client: Client, noor: Person, ada: Person, ben: Person) -> None:
    send(client, "Bring a torch.", place="direct", to="@Ada, ben")
    assert set(Addressee.objects.values_list("person", flat=True)) == {ada.pk, ben.pk}


def test_a_message_without_recipients_comes_back(client: Client, noor: Person) -> None:
    response = send(client, place="direct", to=" ")
    assert response.status_code == 400
    assert "Say whom it is for." in words(response)


def test_an_unknown_name_comes_back_with_the_name(client: Client, noor: Person, ada: Person) -> None:
    blocks.block(ada, noor)
    for handle in ("nobody", "ada"):
        response = send(client, place="direct", to=f"@{handle}")
        assert f"There is nobody called @{handle} here." in words(response)


def test_a_post_with_a_poll_is_published(client: Client, noor: Person) -> None:
    send(client, options=["Tea", "", "Coffee"], multiple="on", open_for="60")
    poll = the_post().poll
    assert [option.text for option in poll.options.all()] == ["Tea", "Coffee"]
    assert poll.multiple
    assert timedelta(minutes=58) < poll.closes_at - timezone.now() <= timedelta(hours=1)


@pytest.mark.parametrize(
    "options", [["Tea"], ["Tea", "tea"], [f"Option {n}" for n in range(11)], ["Tea", "x" * 500]]
)
def test_an_invalid_poll_comes_back_with_its_options(
    client: Client, noor: Person, options: list[str]
) -> None:
    response = send(client, options=options)
    assert response.status_code == 400
    assert all(f'value="{option}"' in words(response) for option in options)
    assert not Post.objects.exists()


def test_a_refused_form_comes_back_unchanged(client: Client, noor: Person) -> None:
    response = send(client, "a" * 5001 + " <end> & all", title="Kept", summary="Too")
    page = words(response)
    assert response.status_code == 400
    assert "characters; posts take 5,000." in page
    assert "&lt;end&gt; &amp; all" in page
    assert 'value="Kept"' in page
    assert 'value="Too"' in page
    assert "data-bound" in page
    assert 'name="key" value="k1"' in page


def test_a_link_fills_in_the_composer(client: Client, noor: Person) -> None:
    group = factories.group(noor, name="River Watch")
    page = words(client.get(f"/posts/new?text=%23tides&group={group.slug}"))
    assert "#tides</textarea>" in page
    assert f'<option value="group:{group.pk}" selected' in page


def test_a_preview_equals_the_post_and_writes_nothing(client: Client, noor: Person, ada: Person) -> None:
    sent = factories.form(noor) | {
        "text": "**Bold** @ada #new_topic <script>",
        "title": "Kept",
        "options": ["Tea", "Coffee"],
    }
    page = words(client.post("/posts/preview", sent))
    assert "<strong>Bold</strong>" in page
    assert 'href="/people/ada"' in page
    assert 'href="/topics/new_topic"' in page
    assert "&lt;script&gt;" in page
    assert 'value="Kept"' in page
    assert 'value="Coffee"' in page
    assert not factories.Topic.objects.exists()
    part = words(client.post("/posts/preview", sent, headers={"HX-Request": "true"}))
    assert part.startswith('<div id="preview"')
    assert "Write a few words first." in words(client.post("/posts/preview", factories.form(noor, text=" ")))


def test_a_form_sent_after_the_session_ended_is_preserved_until_signing_in(
    client: Client, noor: Person
) -> None:
    client.logout()
    response = send(client, "Not lost", title="Kept", **{"as": str(noor.pk), "options": ["Tea", "Coffee"]})
    assert response.status_code == 403
    assert "You were signed out" in words(response)
    assert not Post.objects.exists()
    page = sign_in(client, response)
    assert page.redirect_chain[-1][0] == "/posts/new"
    assert "Not lost</textarea>" in words(page)
    assert 'value="Coffee"' in words(page)
    assert "Not lost" not in words(client.get("/posts/new"))


def test_a_preserved_form_is_not_given_to_another_person(
    client: Client, noor: Person, ada: Person, as_person
) -> None:
    client.logout()
    sign_in(client, send(client, "Mine alone", **{"as": str(ada.pk)}))
    assert "Mine alone" not in words(client.get("/posts/new"))


def test_a_comment_sent_after_the_session_ended_is_preserved(
    client: Client, noor: Person, ada: Person
) -> None:
    root = factories.post(ada)
    client.logout()
    asked = client.post("/posts", factories.answer(noor, root, "Not lost", **{"as": str(noor.pk)}))
    page = sign_in(client, asked)
    assert "Not lost</textarea>" in words(page)


def test_a_form_without_csrf_token_writes_nothing(noor: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(noor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = send(strict)
    assert response.status_code == 403
    assert "Send it once more" in words(response)
    assert not Post.objects.exists()


def test_a_post_has_the_topics_that_are_named(client: Client, noor: Person) -> None:
    send(client, "On the shore. #tides", topics="Tidal Ecology, #statistics, ,tides")
    names = set(the_post().about.values_list("topic__name", flat=True))
    assert names == {"tides", "tidal_ecology", "statistics"}
    refused = send(client, topics="fine, 100%", key="k2")
    assert refused.status_code == 400
    assert "“100%” cannot be a topic." in words(refused)


def test_a_preview_requested_after_the_session_ended_is_preserved(client: Client, noor: Person) -> None:
    client.logout()
    asked = client.post("/posts/preview", {"text": "Not lost", "place": "public", "as": str(noor.pk)})
    page = sign_in(client, asked)
    assert "Not lost</textarea>" in words(page)


def test_the_choice_distinguishes_groups_of_one_name(client: Client, noor: Person, ada: Person) -> None:
    for kind in (Group.Kind.OPEN, Group.Kind.HIDDEN):
        factories.group(ada, kind, noor, name="Class 2b")
    factories.group(ada, Group.Kind.OPEN, noor, name="Choir")
    page = words(client.get("/posts/new"))
    hidden = Group.objects.get(kind=Group.Kind.HIDDEN)
    for label in ("Class 2b (class-2b)", f"Class 2b ({hidden.slug})", "Choir"):
        assert f">{label}</option>" in page
