"""Shared parts of the benchmarks: test data, clients, and running processes."""
