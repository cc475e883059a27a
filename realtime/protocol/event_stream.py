"""Where the event stream is, and how often it says that it is still there."""

EVENTS = "/live/events"  # the one request whose answer does not end
SIGN_OF_LIFE = 20.0  # seconds between comments, by which proxies and both ends know that all is well
