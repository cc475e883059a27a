"""People register, describe themselves and change their handles."""

from __future__ import annotations

import pytest

from network.actions import people
from network.actions.links import Link
from network.actions.people import Profile
from network.errors import Invalid, NotVisible
from network.models import FormerHandle, Mention, Person, Stream
from network.queries import people as queries
from tests.support import factories
from tests.support.factories import fresh


def test_a_person_has_a_stream_and_shares_its_id(ada):
    assert Stream.objects.get().pk == ada.pk
    assert ada.stream.kind == Stream.Kind.PERSON


@pytest.mark.parametrize("handle", ["", "ab", "x" * 31, "ad a", "-ada", "ada-", "_ada", "ädä", "root", "a/b"])
def test_a_handle_is_plain_and_not_reserved(db, handle):
    with pytest.raises(Invalid):
        people.register(handle, "Ada")
    assert not Stream.objects.exists()


def test_a_handle_is_taken_in_any_case(ada):
    with pytest.raises(Invalid):
        people.register("ADA", "Another")
    assert Person.objects.count() == Stream.objects.count() == 1


def test_a_handle_taken_twice_at_once_belongs_to_one_person(ada):
    from unittest import mock

    with mock.patch("network.actions.people.check_handle", return_value="ada"), pytest.raises(Invalid):
        people.register("ada", "Another")
    assert Person.objects.count() == Stream.objects.count() == 1


class TestRenaming:
    def test_the_former_handle_still_finds_the_person(self, ada):
        people.rename(ada, "countess")
        assert queries.find_by_handle(None, "ada") == queries.find_by_handle(None, "countess") == ada

    def test_the_former_handle_stays_reserved(self, ada, ben):
        people.rename(ada, "countess")
        with pytest.raises(Invalid):
            people.rename(ben, "ada")
        with pytest.raises(Invalid):
            people.register("ada", "Another")

    def test_a_person_may_return_to_a_former_handle(self, ada):
        people.rename(ada, "countess")
        people.rename(ada, "ada")
        assert fresh(ada).handle == "ada"
        assert list(FormerHandle.objects.values_list("handle", flat=True)) == ["countess"]

    def test_the_number_of_former_handles_is_limited(self, ada):
        for number in range(people.MOST_FORMER):
            people.rename(ada, f"ada{number}")
        with pytest.raises(Invalid, match="Take one of those again"):
            people.rename(ada, "ada_once_more")
        people.rename(ada, "ada")
        people.rename(ada, "ada0")
        assert ada.former_handles.count() == people.MOST_FORMER

    def test_renaming_to_the_same_handle_does_nothing(self, ada):
        people.rename(ada, "Ada")
        assert not FormerHandle.objects.exists()

    def test_a_mention_by_the_former_handle_finds_the_person(self, ada, ben):
        people.rename(ada, "countess")
        factories.post(ben, "@ada")
        assert Mention.objects.get().person == ada

    def test_the_name_for_signing_in_changes_too(self, db):
        user = factories.user("ada")
        people.rename(user.person, "countess")
        user.refresh_from_db()
        assert user.username == "countess"

    def test_the_username_of_a_user_without_a_person_is_taken(self, db):
        factories.User.objects.create_user(username="root_of_all")
        person = factories.user("ada").person
        with pytest.raises(Invalid):
            people.rename(person, "root_of_all")
        assert fresh(person).handle == person.handle == "ada"

    def test_a_handle_of_another_site_belongs_to_another_person(self, ada, ben, django_assert_num_queries):
        remote = factories.person("remote")
        factories.Person.objects.filter(pk=remote.pk).update(handle="ada", domain="example.org")
        people.rename(ben, "benedict")
        with django_assert_num_queries(2):
            found = queries.by_handles(None, ["ada", "ada@example.org", "ben", "ben@example.org", "ada@"])
        assert found == {"ada": ada, "ada@example.org": remote, "ben": ben}
        with django_assert_num_queries(0):
            assert found["ben"].stream.kind == "person"

    def test_a_former_handle_finds_nobody_across_a_block(self, ada, ben):
        from network.actions import blocks

        people.rename(ada, "countess")
        blocks.block(ada, ben)
        with pytest.raises(NotVisible):
            queries.find_by_handle(ben, "ada")


class TestProfile:
    def test_a_profile_is_cleaned(self, ada):
        profile = Profile(
            "  Ada  L. ",
            bio="*Poetry*\x00 <script>alert(1)</script>",
            links=(Link("", "https://example.org"),),
            knows=("tides", " ", "tides"),
        )
        people.describe(ada, profile)
        row = fresh(ada)
        assert row.name == "Ada L."
        assert "<em>Poetry</em>" in row.bio_html
        assert "<script" not in row.bio_html
        assert row.links == [{"title": "example.org", "url": "https://example.org"}]
        assert row.knows == ["tides"]

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "ftp://x",
            "https://",
            "example.org",
            "",
            "https://bank.example@evil.example/",
            "https://bank.example:443@evil.example/",
            "https://bank.example⁄login.evil.example/",
            "https://bank.example／.evil.example/",
            "https://a:b@evil.example",
            "https://evil.example\\@bank.example",
            "https://bank.example%40evil.example",
            "https://bank\u200b.example",
            "https://bank.example:x/",
        ],
    )
    def test_links_lead_to_web_pages(self, ada, url):
        with pytest.raises(Invalid):
            people.describe(ada, Profile("Ada", links=(Link("A page", url),)))

    @pytest.mark.parametrize(
        "url",
        [
            "https://müller.example:8443/a@b?c=d@e#f",
            "HTTP://EXAMPLE.org",
            "https://пример.example/%40x",
            "http://localhost:3000/",
        ],
    )
    def test_links_do_not_hide_where_they_lead(self, ada, url):
        assert people.describe(ada, Profile("Ada", links=(Link("", url),))).links[0]["url"] == url

    @pytest.mark.parametrize(
        "profile",
        [
            Profile(""),
            Profile("x" * 81),
            Profile("Ada", bio="x" * 1001),
            Profile("Ada", language="longer than a code"),
            Profile("Ada", knows=tuple(f"Thing {n}" for n in range(21))),
            Profile("Ada", wants=tuple(f"Thing {n}" for n in range(21))),
            Profile("Ada", links=tuple(Link("", f"https://example.org/{n}") for n in range(21))),
        ],
    )
    def test_a_profile_has_limits(self, ada, profile):
        with pytest.raises(Invalid):
            people.describe(ada, profile)


def test_the_settings_for_reading_are_stored(ada):
    people.set_reading(ada, scheme=Person.Scheme.SLATE, letter_keys=True)
    assert (fresh(ada).scheme, fresh(ada).letter_keys) == ("slate", True)
