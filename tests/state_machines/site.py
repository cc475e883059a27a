"""Rules of actions about the server as a whole."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from network.actions import site
from network.models import User
from tests.state_machines.base import BaseMachine, who


class SiteRules(BaseMachine):
    """Somebody opens or closes the server. Only Ada is an administrator."""

    def settle(self) -> None:
        super().settle()
        ada = self.person(0)
        ada.user = User.objects.create(username="ada", is_superuser=True)
        ada.save(update_fields=["user"])

    @rule(person=who | st.just(0), is_open=st.sampled_from((True, True, False)))
    def set_open(self, person: int, is_open: bool) -> None:
        self.attempt(site.set_open, self.person(person), is_open)
