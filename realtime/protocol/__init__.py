"""The protocol: messages, frames, places and close codes (docs/live.md)."""
