"""Rights in memory, and the rule that decides which connection may receive a message."""
