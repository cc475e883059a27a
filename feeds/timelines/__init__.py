"""Timelines: their storage in Redis, fan-out, merging, and rebuilding from the database."""
