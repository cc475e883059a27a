"""Sample content for Kith: the demo, a simulation, and the import of a social graph."""
