"""How it arrives now: websockets, and the server that carries them."""
