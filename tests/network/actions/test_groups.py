"""Groups, their members and their roles."""

from __future__ import annotations

import pytest

from network.actions import groups, invitations, memberships
from network.actions.groups import GroupDraft
from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Follow, Group, Post, Publication, Topic
from network.queries import groups as queries
from network.queries.posts import readable_by
from tests.support import factories
from tests.support.factories import fresh

OPEN, REQUEST, HIDDEN = Group.Kind
MEMBER, MODERATOR, OWNER = Follow.Role.MEMBER, Follow.Role.MODERATOR, Follow.Role.OWNER
KINDS = pytest.mark.parametrize("kind", list(Group.Kind))
NOT_OPEN = pytest.mark.parametrize("kind", [REQUEST, HIDDEN])


def change_kind(owner, group: Group, kind: Group.Kind) -> None:
    groups.edit(owner, group, GroupDraft(group.name, kind))


class TestCreating:
    def test_the_founder_is_the_owner(self, ada):
        group = factories.group(ada)
        assert (Follow.objects.get().role, fresh(group.stream).followers_count) == (OWNER, 1)

    @pytest.mark.parametrize("name", ["", "x" * 81])
    def test_a_name_is_needed_and_short(self, ada, name):
        with pytest.raises(Invalid):
            groups.create(ada, GroupDraft(name))

    @pytest.mark.parametrize("role", [None, MEMBER, MODERATOR])
    def test_only_owners_edit_and_close(self, ada, ben, role):
        group = factories.group(ada)
        if role is not None:
            factories.join(ben, group, role)
        with pytest.raises(Refused):
            groups.edit(ben, group, GroupDraft("Mine"))
        with pytest.raises(Refused):
            groups.close(ben, group)


class TestJoining:
    def test_anyone_joins_an_open_group_once(self, ada, ben):
        group = factories.group(ada)
        memberships.join(ben, group)
        memberships.join(ben, group)
        membership = queries.membership(ben, group)
        assert (membership.state, membership.role) == (Follow.State.ACCEPTED, MEMBER)
        assert fresh(group.stream).followers_count == 2
        assert fresh(ben).generation == 1

    def test_joining_a_group_by_request_makes_a_request(self, ada, ben):
        group = factories.group(ada, REQUEST)
        factories.post(ada, group=group)
        assert memberships.join(ben, group).state == Follow.State.REQUESTED
        assert memberships.join(ben, group).state == Follow.State.REQUESTED
        assert fresh(group.stream).followers_count == 1
        assert not readable_by(ben).exists()

    def test_a_hidden_group_cannot_be_joined(self, ada, ben):
        with pytest.raises(NotVisible):
            memberships.join(ben, factories.group(ada, HIDDEN))

    @KINDS
    def test_nobody_joins_a_closed_group(self, ada, ben, kind):
        group = factories.group(ada, kind)
        invitation = invitations.invite(ada, group)
        groups.close(ada, group)
        with pytest.raises((Refused, NotVisible)):
            memberships.join(ben, fresh(group))
        with pytest.raises(Refused):
            invitations.accept(ben, fresh(invitation))

    def test_moderators_accept_a_request_once(self, ada, ben, chi):
        group = factories.group(ada, REQUEST)
        factories.join(chi, group, MODERATOR)
        memberships.join(ben, group)
        memberships.accept(chi, group, ben)
        memberships.accept(ada, group, ben)
        assert queries.membership(ben, group).role == MEMBER
        assert fresh(group.stream).followers_count == 3

    def test_members_cannot_accept_requests(self, ada, ben, chi):
        group = factories.group(ada, REQUEST, chi)
        memberships.join(ben, group)
        with pytest.raises(Refused):
            memberships.accept(chi, group, ben)

    def test_a_person_who_did_not_ask_cannot_be_accepted(self, ada, ben):
        with pytest.raises(NotVisible):
            memberships.accept(ada, factories.group(ada, REQUEST), ben)

    def test_a_closed_group_accepts_nobody(self, ada, ben):
        group = factories.group(ada, REQUEST)
        memberships.join(ben, group)
        groups.close(ada, group)
        with pytest.raises(Refused):
            memberships.accept(ada, fresh(group), ben)

    def test_a_request_is_declined(self, ada, ben):
        group = factories.group(ada, REQUEST)
        memberships.join(ben, group)
        memberships.remove(ada, group, ben)
        assert queries.membership(ben, group) is None
        assert fresh(group.stream).followers_count == 1

    def test_requests_are_accepted_when_the_group_becomes_open(self, ada, ben):
        group = factories.group(ada, REQUEST)
        memberships.join(ben, group)
        change_kind(ada, group, OPEN)
        assert queries.membership(ben, group).state == Follow.State.ACCEPTED
        assert queries.membership(ben, group).role == MEMBER
        assert fresh(group.stream).followers_count == 2


class TestLeaving:
    @KINDS
    def test_a_former_member_reads_what_outsiders_read(self, ada, ben, kind):
        group = factories.group(ada, kind, ben)
        factories.post(ada, group=group)
        memberships.leave(ben, group)
        memberships.leave(ben, group)
        assert readable_by(ben).exists() == (kind == OPEN)
        assert fresh(group.stream).followers_count == 1
        assert Activity.objects.filter(type="Leave").count() == 1

    def test_own_posts_stay_readable_and_the_rest_of_the_thread_does_not(self, ada, ben):
        group = factories.group(ada, HIDDEN, ben)
        root = factories.post(ben, group=group)
        factories.comment(ada, root)
        memberships.leave(ben, group)
        assert readable_by(ben).get() == root

    def test_the_last_owner_must_give_the_role_to_another_before_leaving(self, ada, ben):
        group = factories.group(ada, OPEN, ben)
        with pytest.raises(Refused):
            memberships.leave(ada, group)
        with pytest.raises(Refused):
            memberships.give_role(ada, group, ada, MEMBER)
        memberships.give_role(ada, group, ben, OWNER)
        memberships.leave(ada, group)
        assert queries.membership(ben, group).role == OWNER

    def test_the_last_owner_may_leave_a_closed_group(self, ada):
        group = factories.group(ada)
        groups.close(ada, group)
        memberships.leave(ada, group)
        assert queries.membership(ada, group) is None

    def test_moderators_remove_members(self, ada, ben, chi):
        group = factories.group(ada, HIDDEN, ben)
        factories.join(chi, group, MODERATOR)
        factories.post(ada, group=group)
        memberships.remove(chi, group, ben)
        assert not readable_by(ben).exists()
        assert fresh(group.stream).followers_count == 2

    def test_members_cannot_remove_anybody(self, ada, ben, chi):
        group = factories.group(ada, OPEN, ben, chi)
        with pytest.raises(Refused):
            memberships.remove(ben, group, chi)

    def test_owners_cannot_be_removed(self, ada, ben):
        group = factories.group(ada)
        factories.join(ben, group, OWNER)
        with pytest.raises(Refused):
            memberships.remove(ben, group, ada)


class TestRoles:
    def test_only_owners_give_roles(self, ada, ben, chi):
        group = factories.group(ada, OPEN, chi)
        factories.join(ben, group, MODERATOR)
        with pytest.raises(Refused):
            memberships.give_role(ben, group, chi, MODERATOR)

    def test_only_members_have_roles(self, ada, ben):
        group = factories.group(ada, REQUEST)
        memberships.join(ben, group)
        with pytest.raises(Refused):
            memberships.give_role(ada, group, ben, MODERATOR)

    def test_each_member_has_a_role(self, ada, ben):
        with pytest.raises(Invalid):
            memberships.give_role(ada, factories.group(ada, OPEN, ben), ben, Follow.Role.NONE)


class TestChangingTheKind:
    @NOT_OPEN
    def test_old_posts_become_hidden_and_visible_with_the_group(self, ada, ben, kind):
        group = factories.group(ada)
        post = factories.post(ada, group=group)
        change_kind(ada, group, kind)
        assert not readable_by(ben).exists()
        change_kind(ada, group, OPEN)
        assert readable_by(ben).get() == post

    @NOT_OPEN
    def test_old_posts_leave_their_topics_and_return(self, ada, ben, kind):
        group = factories.group(ada, OPEN, ben)
        root = factories.post(ada, "#tides", group=group)
        factories.comment(ben, root)
        outside = factories.post(ada, "#tides")
        in_topic = Publication.objects.filter(stream=Topic.objects.get().pk).values_list("activity", "kind")
        before = set(in_topic)
        change_kind(ada, group, kind)
        assert set(in_topic.all()) == {(outside.pk, "post")}
        change_kind(ada, group, OPEN)
        assert set(in_topic.all()) == before
        assert len(before) == 3

    def test_old_posts_are_delivered_to_followers_of_their_topics(self, ada, ben):
        group = factories.group(ada, REQUEST)
        factories.post(ada, "#tides", group=group)
        factories.follow(ben, Topic.objects.get())
        generation = fresh(ben).generation
        change_kind(ada, group, OPEN)
        assert fresh(ben).generation > generation

    def test_publications_stay_while_the_kind_stays(self, ada):
        group = factories.group(ada)
        factories.post(ada, "#tides", group=group)
        generation = fresh(ada).generation
        change_kind(ada, group, OPEN)
        assert Publication.objects.count() == 2
        assert fresh(ada).generation == generation


@NOT_OPEN
def test_nobody_can_write_in_a_closed_group(ada, kind):
    group = factories.group(ada, kind)
    root = factories.post(ada, group=group)
    groups.close(ada, group)
    with pytest.raises(Refused):
        factories.post(ada, group=fresh(group))
    with pytest.raises(Refused):
        factories.comment(ada, root)
    assert readable_by(ada).get() == root


def test_an_outsider_reads_an_open_group_and_cannot_write_in_it(ada, ben):
    root = factories.post(ada, group=factories.group(ada))
    assert readable_by(ben).get() == readable_by(None).get() == root
    with pytest.raises(Refused):
        factories.comment(ben, root)
    assert Post.objects.count() == 1
