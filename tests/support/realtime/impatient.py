"""A server whose patience is in seconds where it is in minutes else, so that tests need not wait for its end."""

from realtime.protocol import event_stream
from realtime.server import __main__, limits

limits.REQUEST_WITHIN = 2
limits.PING_EVERY = limits.PONG_WITHIN = 1
limits.UNHEARD = 1
event_stream.SIGN_OF_LIFE = 0.5

if __name__ == "__main__":
    __main__.main()
