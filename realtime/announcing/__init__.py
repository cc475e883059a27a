"""From an activity to the messages that it makes, published over Redis."""
