"""The switchboard of a process: from Redis to its connections, and how a connection catches up."""
