"""Live pages: websockets and event streams, and the server that carries them."""
