"""How a connection comes in: websocket, event stream, tickets, and who is let in."""
