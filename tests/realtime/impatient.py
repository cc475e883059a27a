"""A server whose patience is in seconds where it is in minutes else, so that tests need not wait for its end."""

from realtime import event_stream, server, strangers

strangers.REQUEST_WITHIN = 2
strangers.PING_EVERY = strangers.PONG_WITHIN = 1
strangers.UNHEARD = 1
event_stream.SIGN_OF_LIFE = 0.5

if __name__ == "__main__":
    server.main()
