"""`python -m realtime.server`: the server of Kith, on the address that HOST and PORT name."""

import os

from realtime.server import limits
from realtime.server.process import open_database, tune_garbage_collection
from realtime.server.server import Server, endpoint  # before Django: daphne chooses the event loop


def main() -> None:
    address = endpoint(os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000"))
    from realtime.asgi import routes
    from realtime.endpoints.connecting import process_switchboard

    open_database()
    server = Server(
        routes,
        endpoints=[address],
        ready_callable=tune_garbage_collection,
        server_name="kith",
        ping_interval=limits.PING_INTERVAL,
        ping_timeout=limits.PONG_TIMEOUT,
        websocket_max_message_size=limits.MAX_MESSAGE,
        websocket_max_frame_size=limits.MAX_MESSAGE,
    )
    server.hand_over = process_switchboard().hand_over
    server.run()


if __name__ == "__main__":
    main()
