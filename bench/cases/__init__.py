"""The benchmarks that `bin/bench NAME` runs."""
