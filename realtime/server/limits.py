"""Limits of what a client may ask of the server, in seconds and bytes."""

BACKLOG = 2048  # connections that wait to be accepted: after a restart all pages return at once

REQUEST_TIMEOUT = 60.0  # from the first byte of a request to its last
REFUSED_TIMEOUT = 5.0  # in which a client that is refused may finish sending, and read why
MAX_HEAD, MAX_HEAD_LINES = 16 * 1024, 500  # of the request line and all headers
MAX_BODY = 1024 * 1024  # the same as Django's DATA_UPLOAD_MAX_MEMORY_SIZE

MAX_MESSAGE = 64 * 1024  # of a websocket, from a client
FRAME_OVERHEAD = 64  # counted for each frame of a message beside its bytes, so that empty frames add up
PING_INTERVAL, PONG_TIMEOUT = 20, 30

MAX_BUFFERED = 16 * 1024  # that wait for a connection before its write buffer counts as full
# Without an acknowledgement an event stream ends after this; the system's own limit is 15 minutes.
UNACKNOWLEDGED_TIMEOUT = 40.0

# At the end of the process: stop when no request came for the first, at the latest after the second. A client
# that has just connected has yet to send its request.
QUIET_BEFORE_END, LONGEST_END = 0.3, 9.0
