"""What benchmarks share: worlds to measure in, clients, and running processes."""
