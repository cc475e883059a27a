"""URLs of groups: names may repeat, and no URL discloses to outsiders that a hidden group exists."""

from __future__ import annotations

import re

import pytest

from network.actions import groups
from network.actions.groups import GroupDraft
from network.errors import NotVisible
from network.models import Group
from network.queries import groups as queries
from tests.support import factories
from tests.support.factories import fresh

OPEN, REQUEST, HIDDEN = Group.Kind
RANDOM = r"[0-9a-f]{12}"


def addresses(ada, *names: str) -> list[str]:
    return [factories.group(ada, name=name).slug for name in names]


def change_kind(owner, group: Group, kind: Group.Kind) -> Group:
    return fresh(groups.edit(owner, group, GroupDraft(group.name, kind)))


class TestNames:
    def test_names_may_repeat(self, ada):
        assert addresses(ada, "River Watch", "River watch", "River Watch") == [
            "river-watch",
            "river-watch-2",
            "river-watch-3",
        ]

    def test_names_may_differ_in_punctuation_only(self, ada):
        assert addresses(ada, "C", "C++", "C#") == ["c", "c-2", "c-3"]
        assert addresses(ada, "世界史 2024", "中国史 2024") == ["2024", "2024-2"]

    def test_no_group_gets_a_url_of_the_site(self, ada):
        assert addresses(ada, "New") == ["new-2"]

    def test_a_name_in_any_script_has_a_url(self, ada):
        one, other = addresses(ada, "潮", "潮")
        assert one != other

    def test_the_longest_names_have_urls(self, ada):
        assert len(set(addresses(ada, "x" * 80, "x" * 80))) == 2

    def test_a_name_may_look_like_a_suffix(self, ada):
        assert addresses(ada, "C 2", "C", "C") == ["c-2", "c", "c-3"]


class TestHiddenGroups:
    def test_creating_a_group_of_the_same_name_discloses_nothing(self, ada, ben):
        for kind in (HIDDEN, HIDDEN):
            factories.group(ada, kind, name="Merger with Acme")
        hiding = factories.group(ada, name="Merger with Acme")
        change_kind(ada, hiding, HIDDEN)
        assert addresses(ben, "Merger with Acme", "Merger with Acme") == [
            "merger-with-acme",
            "merger-with-acme-2",
        ]

    @pytest.mark.parametrize("name", ["Merger", "潮", "x" * 80, "New"])
    def test_the_url_always_has_a_random_part(self, ada, name):
        one, other = (factories.group(ada, HIDDEN, name=name).slug for _time in range(2))
        assert re.search(f"-{RANDOM}$", one)
        assert one != other

    def test_a_group_that_becomes_hidden_gets_a_new_url_and_the_old_one_redirects_members_only(
        self, ada, ben, chi
    ):
        group = factories.group(ada, OPEN, ben, name="Acme")
        change_kind(ada, group, HIDDEN)
        assert re.fullmatch(f"acme-{RANDOM}", fresh(group).slug)
        assert queries.find(ben, "acme") == queries.find(ben, fresh(group).slug) == group
        for stranger in (chi, None):
            for slug in ("acme", fresh(group).slug):
                with pytest.raises(NotVisible):
                    queries.find(stranger, slug)

    def test_the_old_url_is_free_for_other_groups(self, ada, ben, chi):
        group = change_kind(ada, factories.group(ada, OPEN, ben, name="Acme"), HIDDEN)
        others = factories.group(chi, name="Acme")
        assert others.slug == "acme"
        assert queries.find(ben, "acme") == others
        change_kind(chi, others, HIDDEN)
        factories.join(ben, others)
        assert queries.find(ben, "acme") == others
        assert queries.find(ada, "acme") == group

    def test_a_group_that_is_visible_again_gets_a_plain_url_and_all_former_ones_redirect_to_it(
        self, ada, chi
    ):
        group = factories.group(ada, HIDDEN, name="Acme")
        secret = group.slug
        assert change_kind(ada, group, REQUEST).slug == "acme"
        assert queries.find(chi, secret) == queries.find(chi, "acme") == group

    def test_the_url_is_new_each_time_a_group_becomes_hidden(self, ada, chi):
        group = factories.group(ada, HIDDEN, name="Acme")
        first = group.slug
        change_kind(ada, group, OPEN)
        again = change_kind(ada, group, HIDDEN)
        assert again.slug not in ("acme", first)
        for slug in (first, "acme", again.slug):
            with pytest.raises(NotVisible):
                queries.find(chi, slug)
            assert queries.find(ada, slug) == group

    def test_the_url_stays_while_the_visibility_stays(self, ada):
        for kind, other in ((HIDDEN, HIDDEN), (OPEN, REQUEST)):
            group = factories.group(ada, kind)
            assert change_kind(ada, group, other).slug == group.slug
