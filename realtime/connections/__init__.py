"""The open connections of a process, and whether each takes more data."""
