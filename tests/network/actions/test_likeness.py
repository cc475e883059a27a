"""No two handles look the same, and no name looks like that of a staff member."""

from __future__ import annotations

import pytest

from network.actions import people
from network.actions.people import Profile
from network.errors import Invalid
from network.models import Person
from tests.support import factories
from tests.support.factories import fresh


class TestLooks:
    """No new handle or name looks like an existing one, or like that of an administrator."""

    @pytest.mark.parametrize(("theirs", "mine"), [("noor", "n00r"), ("emma", "ernma"), ("lil1", "1ill")])
    def test_a_handle_that_looks_like_a_taken_one_is_refused(self, db, theirs, mine):
        factories.person(theirs)
        with pytest.raises(Invalid):
            people.register(mine, "Another")
        with pytest.raises(Invalid):
            people.rename(factories.person("somebody"), mine)

    def test_a_handle_that_looks_like_a_former_one_is_refused(self, db):
        people.rename(factories.person("noor"), "lovelace")
        with pytest.raises(Invalid):
            people.register("n00r", "Another")

    def test_ones_own_handle_may_change_to_one_that_looks_like_it(self, db):
        noor = factories.person("noor")
        people.rename(noor, "n00r")
        people.rename(noor, "noor")
        assert fresh(noor).handle == "noor"

    def test_existing_handles_that_look_alike_are_kept(self, db):
        noor, other = factories.person("noor"), factories.person("other")
        Person.objects.filter(pk=other.pk).update(handle="n00r", skeleton=None)
        other.refresh_from_db()
        assert people.check_handle("n00r", other) == "n00r"
        people.rename(other, "lovelace")
        people.rename(other, "n00r")
        assert (fresh(noor).skeleton, fresh(other).skeleton) == ("noor", None)
        with pytest.raises(Invalid):
            people.rename(noor, "n00r")

    @pytest.mark.parametrize(
        "handle",
        [
            "administrator1",
            "mod3rator",
            "adm1n",
            "4dmin",
            "ad.min",
            "r00t",
            "support_24",
            "5upport",
            "st4ff",
            "k1th",
            "kith_admin",
            "the.admin",
            "admins",
            "m0derators",
        ],
    )
    def test_a_handle_that_reads_as_a_role_is_refused(self, db, handle):
        with pytest.raises(Invalid):
            people.register(handle, "Ada")

    @pytest.mark.parametrize(
        "handle", ["adam", "adminton", "supporter", "rootabaga", "emma2", "modern", "kit"]
    )
    def test_a_handle_that_only_begins_like_a_role_is_allowed(self, db, handle):
        assert people.register(handle, "Ada").handle == handle

    def test_a_handle_that_looks_like_an_administrators_is_refused(self, db):
        factories.User.objects.create_superuser("overseer")
        with pytest.raises(Invalid):
            people.register("0verseer", "Ada")

    @pytest.mark.parametrize("name", ["Anna Müller", "anna müller", "Anna  Muller", "Ada"])
    def test_names_may_repeat(self, db, name):
        factories.person(name=name)
        assert factories.person(name=name).name == " ".join(name.split())

    @pytest.mark.parametrize(
        "name",
        [
            "Anna Berg",
            "anna berg",
            "Anna\u200b Berg",
            "Аnnа Веrg",
            "Ann@ B3rg",
            "AnnaBerg",
            "Anna-Berg.",
            "Administrator",
            "Admin 2",
            "M0derator",
            "Аdmin",
            "4dmin",
            "Kith Support",
            "Admins",
            "Ⓐⓓⓜⓘⓝ",
            "Ａｎｎａ Ｂｅｒｇ",
            "ᵃⁿⁿᵃ ᵇᵉʳᵍ",
            "ADMIN",
        ],
    )
    def test_a_name_that_reads_as_an_administrators_or_a_role_is_refused(self, db, name):
        anna = factories.user("anna")
        factories.User.objects.filter(pk=anna.pk).update(is_staff=True)
        people.describe(fresh(anna.person), Profile("Anna Berg"))
        noor = factories.person("noor")
        with pytest.raises(Invalid):
            people.describe(noor, Profile(name))
        with pytest.raises(Invalid):
            people.register("another", name)

    @pytest.mark.parametrize(
        "name", ["Anna", "Berg", "Anna Berger", "Admiral", "Support Group Lisbon", "1", "🦊"]
    )
    def test_other_names_are_allowed(self, db, name):
        anna = factories.user("anna")
        factories.User.objects.filter(pk=anna.pk).update(is_staff=True)
        people.describe(fresh(anna.person), Profile("Anna Berg"))
        assert people.register("another", name).name == name

    def test_an_existing_name_is_kept(self, db):
        anna = factories.person("anna", name="Anna Berg")
        admin = factories.user("berg")
        factories.User.objects.filter(pk=admin.pk).update(is_superuser=True)
        people.describe(fresh(admin.person), Profile("Anna Berg"))
        assert people.describe(anna, Profile("Anna Berg", bio="Hello")).bio == "Hello"

    def test_a_name_costs_one_query_more(self, ada, django_assert_num_queries):
        with django_assert_num_queries(1):
            people.check_name("Somebody Else", ada)
