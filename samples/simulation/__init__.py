"""People who act by chance, from a seed: intents, what they mean in a given network, and how often."""
