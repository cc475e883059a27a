"""Addresses of groups: names may repeat, and no address tells a stranger that a hidden group exists."""

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
    def test_they_may_repeat(self, ada):
        assert addresses(ada, "River Watch", "River watch", "River Watch") == [
            "river-watch",
            "river-watch-2",
            "river-watch-3",
        ]

    def test_they_may_differ_by_signs_alone(self, ada):
        assert addresses(ada, "C", "C++", "C#") == ["c", "c-2", "c-3"]
        assert addresses(ada, "世界史 2024", "中国史 2024") == ["2024", "2024-2"]

    def test_no_group_stands_at_an_address_of_ours(self, ada):
        assert addresses(ada, "New") == ["new-2"]

    def test_a_name_in_any_script_has_an_address(self, ada):
        one, other = addresses(ada, "潮", "潮")
        assert one != other

    def test_the_longest_ones_have_addresses(self, ada):
        assert len(set(addresses(ada, "x" * 80, "x" * 80))) == 2

    def test_a_name_that_looks_like_a_suffix_is_no_trouble(self, ada):
        assert addresses(ada, "C 2", "C", "C") == ["c-2", "c", "c-3"]


class TestHiddenGroups:
    def test_a_stranger_learns_nothing_by_making_one_of_the_same_name(self, ada, ben):
        for kind in (HIDDEN, HIDDEN):
            factories.group(ada, kind, name="Merger with Acme")
        hiding = factories.group(ada, name="Merger with Acme")
        change_kind(ada, hiding, HIDDEN)
        assert addresses(ben, "Merger with Acme", "Merger with Acme") == [
            "merger-with-acme",
            "merger-with-acme-2",
        ]

    @pytest.mark.parametrize("name", ["Merger", "潮", "x" * 80, "New"])
    def test_the_address_always_has_a_random_part(self, ada, name):
        one, other = (factories.group(ada, HIDDEN, name=name).slug for _time in range(2))
        assert re.search(f"-{RANDOM}$", one)
        assert one != other

    def test_one_that_becomes_hidden_moves_and_the_old_address_leads_members_alone(self, ada, ben, chi):
        group = factories.group(ada, OPEN, ben, name="Acme")
        change_kind(ada, group, HIDDEN)
        assert re.fullmatch(f"acme-{RANDOM}", fresh(group).slug)
        assert queries.find(ben, "acme") == queries.find(ben, fresh(group).slug) == group
        for stranger in (chi, None):
            for slug in ("acme", fresh(group).slug):
                with pytest.raises(NotVisible):
                    queries.find(stranger, slug)

    def test_the_old_address_is_free_for_others(self, ada, ben, chi):
        group = change_kind(ada, factories.group(ada, OPEN, ben, name="Acme"), HIDDEN)
        others = factories.group(chi, name="Acme")
        assert others.slug == "acme"
        assert queries.find(ben, "acme") == others
        change_kind(chi, others, HIDDEN)
        factories.join(ben, others)
        assert queries.find(ben, "acme") == others
        assert queries.find(ada, "acme") == group

    def test_one_that_can_be_seen_again_has_a_plain_address_and_every_former_one_leads_there(self, ada, chi):
        group = factories.group(ada, HIDDEN, name="Acme")
        secret = group.slug
        assert change_kind(ada, group, REQUEST).slug == "acme"
        assert queries.find(chi, secret) == queries.find(chi, "acme") == group

    def test_each_time_it_hides_the_address_is_another(self, ada, chi):
        group = factories.group(ada, HIDDEN, name="Acme")
        first = group.slug
        change_kind(ada, group, OPEN)
        again = change_kind(ada, group, HIDDEN)
        assert again.slug not in ("acme", first)
        for slug in (first, "acme", again.slug):
            with pytest.raises(NotVisible):
                queries.find(chi, slug)
            assert queries.find(ada, slug) == group

    def test_one_that_stays_as_hidden_as_it_was_stays_where_it_is(self, ada):
        for kind, other in ((HIDDEN, HIDDEN), (OPEN, REQUEST)):
            group = factories.group(ada, kind)
            assert change_kind(ada, group, other).slug == group.slug
