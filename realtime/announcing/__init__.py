"""From an activity to its messages, published over Redis."""
