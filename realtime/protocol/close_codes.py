"""Why a socket is closed. The page does what docs/live.md says beside each code."""

from enum import IntEnum


class Close(IntEnum):
    NOT_UNDERSTOOD = 4400  # not a message of this protocol
    SIGNED_OUT = 4401  # the session that opened it is over
    NOT_YOURS = 4403  # the page was made for somebody else, or is for somebody and nobody is signed in
    TOO_SLOW = 4408  # nothing was read for a minute
    TOO_MANY_SOCKETS = 4409  # the person has ten open in this process
    TOO_FAST = 4429  # more than twenty messages in a second
    FAILED = 4500  # something here went wrong
    ENDING = 4503  # this process stops; another one goes on
