"""Who is an administrator, by the command and by the actions; and what administrators alone may do."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Person, User
from safety.actions import administrators, invitations
from safety.actions.invitations import InvitationDraft
from safety.models import SiteInvitation
from tests.support import factories, site

pytestmark = pytest.mark.django_db


def flags(person: Person) -> tuple[bool, bool]:
    return User.objects.values_list("is_superuser", "is_staff").get(person=person)


def run(*words: str) -> str:
    out = StringIO()
    call_command("administrator", *words, stdout=out)
    return out.getvalue()


class TestCommand:
    @pytest.mark.parametrize("handle", ["nia", "@nia", "NIA"])
    def test_makes_an_administrator(self, handle: str):
        nia = factories.user("nia").person
        assert run(handle) == "nia is an administrator now.\n"
        assert flags(nia) == (True, True)
        run(handle)

    def test_removes_one_but_not_the_last(self):
        nia, ola = factories.user("nia").person, factories.user("ola").person
        run("nia")
        run("ola")
        assert run("nia", "--remove") == "nia is not an administrator now.\n"
        assert flags(nia) == (False, False)
        with pytest.raises(CommandError, match="Ola is the last administrator"):
            run("ola", "--remove")
        assert flags(ola) == (True, True)

    def test_one_who_cannot_act_does_not_count(self):
        """Neither an account without a person nor an inactive one could look after the site."""
        User.objects.create_superuser("root")
        User.objects.filter(person=site.administrator("nia")).update(is_active=False)
        site.administrator("ola")
        with pytest.raises(CommandError, match="last"):
            run("ola", "--remove")

    def test_removing_somebody_who_is_none_changes_nothing(self):
        site.administrator("ola")
        nia = factories.user("nia").person
        run("nia", "--remove")
        assert flags(nia) == (False, False)

    @pytest.mark.parametrize("handle", ["nobody", "", "@", "no body", "x" * 500, "nia\x00"[:3] + "?"])
    @pytest.mark.parametrize("more", [(), ("--remove",)])
    def test_says_that_there_is_nobody(self, handle: str, more: tuple[str, ...]):
        with pytest.raises(CommandError, match="nobody called"):
            run(handle, *more)

    def test_refuses_people_without_an_account(self):
        factories.person("imported")
        factories.user("gone")
        User.objects.filter(username="gone").update(is_active=False)
        for handle in ("imported", "gone"):
            with pytest.raises(CommandError, match="Nobody can sign in"):
                run(handle)


class TestInviting:
    @pytest.mark.parametrize(
        "draft",
        [
            *(InvitationDraft("x", uses=uses) for uses in (0, -1, 501, 10**9)),
            *(InvitationDraft("x", days=days) for days in (0, -1, 91, 10**9)),
            *(InvitationDraft(label) for label in ("", " ", "\x00", "x" * 81)),
        ],
        ids=lambda draft: ascii(draft)[:60],
    )
    def test_an_invalid_draft_is_refused(self, draft: InvitationDraft):
        hana = site.administrator()
        with pytest.raises(Invalid):
            invitations.invite(hana, draft)
        assert not SiteInvitation.objects.exists()

    def test_others_make_and_withdraw_none(self):
        link, nia = site.invitation(site.administrator()), factories.user("nia").person
        with pytest.raises(NotVisible):
            site.invitation(nia)
        with pytest.raises(NotVisible):
            invitations.withdraw(nia, link)
        with pytest.raises(NotVisible):
            site.invitation(factories.person())
        assert SiteInvitation.objects.get() == link

    def test_each_is_recorded_once(self):
        hana = site.administrator()
        link = site.invitation(hana)
        for _time in range(2):
            invitations.withdraw(hana, link)
        made = Activity.objects.filter(actor=hana).order_by("pk").values_list("type", "stream", "target")
        assert list(made)[1:] == [("Invite", None, None), ("Undo", None, None)]

    def test_tokens_differ(self):
        hana = site.administrator()
        assert len({site.invitation(hana).token for _ in range(20)}) == 20

    def test_administrators_can_be_dismissed_while_another_is_there(self):
        hana = site.administrator()
        with pytest.raises(Refused):
            administrators.dismiss(hana)
        site.administrator("ines")
        administrators.dismiss(hana)
        assert flags(hana) == (False, False)
