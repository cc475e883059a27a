"""For operators: checking feeds, repairing them, and the state of deliveries."""
