"""The commands behind `bin/run`, `bin/test`, `bin/bench`, `bin/manage` and `bin/pictures`."""
