"""Baselines: the same work as in Kith, implemented in the most common way."""
