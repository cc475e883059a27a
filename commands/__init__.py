"""What `bin/run`, `bin/test`, `bin/bench` and `bin/manage` do."""
