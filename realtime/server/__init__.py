"""Everything that touches daphne, Twisted or autobahn. It is optional."""
