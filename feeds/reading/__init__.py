"""Reading a feed: its entries and their order, the reasons for each, folding, and cards."""
