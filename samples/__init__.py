"""Content to try Kith with: the demo, a simulation, and the import of a social graph."""
