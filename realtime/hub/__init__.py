"""From Redis to the open connections of a process; and how a connection catches up."""
