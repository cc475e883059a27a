"""Reading a feed: which entries stand in it, in which order, why, and how they are shown."""
