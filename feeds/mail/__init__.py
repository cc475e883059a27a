"""Mail that people asked for: when each letter is due, what it says, and that it is sent once."""
