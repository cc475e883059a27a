"""State machines of Hypothesis whose rules are the real actions, called by random people in random order.

An action may be refused.
"""

from tests.state_machines.base import DEEP, QUICK, back, pick, text, which, who, words
from tests.state_machines.follows import FollowRules
from tests.state_machines.groups import GroupRules
from tests.state_machines.posts import PostRules
from tests.state_machines.site import SiteRules

__all__ = ["DEEP", "QUICK", "ActionMachine", "SiteRules", "back", "pick", "text", "which", "who", "words"]


class ActionMachine(PostRules, FollowRules, GroupRules):
    """All rules of actions. A subclass defines what must hold after them."""
