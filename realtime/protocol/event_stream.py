"""The path of the event stream, and how often it sends a comment."""

EVENTS = "/live/events"  # the one request whose response does not end
SIGN_OF_LIFE = 20.0  # seconds between comments; they show proxies and both ends that it works
