"""What passes over the wire: messages, frames, places and close codes (docs/live.md)."""
