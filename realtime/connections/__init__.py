"""The open connections of a process, and their write buffers."""
