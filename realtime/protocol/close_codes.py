"""The codes with which the server closes a socket. docs/live.md says what the page does then."""

from enum import IntEnum


class Close(IntEnum):
    NOT_UNDERSTOOD = 4400  # not a message of this protocol
    SIGNED_OUT = 4401  # the session that opened the socket is over
    NOT_YOURS = 4403  # the page was made for another person, or needs one and nobody is signed in
    TOO_SLOW = 4408  # nothing was read for a minute
    TOO_MANY_SOCKETS = 4409  # the person has ten open in this process
    TOO_FAST = 4429  # more than twenty messages in a second
    FAILED = 4500  # the server failed
    ENDING = 4503  # this process stops; another one takes over
