"""Letters: mails that people asked for. When each is due, what it says, and how it is sent once."""
