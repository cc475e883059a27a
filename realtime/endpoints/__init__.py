"""The ways in for live pages: websocket, event stream, polling and tickets, and who is accepted."""
