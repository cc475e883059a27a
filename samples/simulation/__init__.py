"""A simulation of people who act at random, from a seed."""
