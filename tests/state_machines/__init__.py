"""People who do anything at any time: the machine that the stateful tests drive.

Every rule is a real action; being refused is fine.
"""

from tests.state_machines.following import Following
from tests.state_machines.gathering import Gathering
from tests.state_machines.ground import DEEP, QUICK, back, pick, text, which, who, words
from tests.state_machines.saying import Saying

__all__ = ["DEEP", "QUICK", "Acting", "back", "pick", "text", "which", "who", "words"]


class Acting(Saying, Following, Gathering):
    """The rules; what must hold is said by those who inherit."""
