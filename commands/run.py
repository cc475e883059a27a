"""`bin/run`: start Kith and the servers that it needs; stop them on Ctrl-C."""

import argparse
import errno
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from commands import environment, servers, valkey
from commands.environment import ROOT, Stop, say
from commands.processes import Processes, die_with_parent


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/run", description="Start Kith. Ctrl-C stops it.")
    parser.add_argument("--demo", action="store_true", help="show people in conversation, on data of its own")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    processes = Processes()
    try:
        serve(processes, demo=options.demo)
    except Stop as stop:
        say(str(stop))
        return 1
    except KeyboardInterrupt:
        say("Stopping ...")
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        processes.stop()


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def serve(processes: Processes, *, demo: bool) -> NoReturn:
    """Start everything and print the address. Raises Stop when a process ends."""
    started = time.monotonic()
    host, port = address()
    var = demo_folder() if demo else Path(environment.VAR)
    ensure_port_is_free(host, port)
    with lock(var):
        os.environ |= {"KITH_VAR": str(var), "HOST": host, "PORT": str(port)}
        valkey.provide(processes, var / "valkey")
        prepare(demo=demo)
        start_servers(processes, var, host, port)
        seconds = time.monotonic() - started
        say(f"Kith is ready ({seconds:.1f} s): {public_address(host, port)}  Ctrl-C stops it.")
        while True:
            processes.check()
            time.sleep(0.2)


def address() -> tuple[str, int]:
    """Return where to listen, from HOST and PORT. Raises Stop where PORT is no port."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Stop(f"PORT is {port!r}, and must be a number from 1 to 65535.")
    return host, int(port)


def public_address(host: str, port: int) -> str:
    return os.environ.get("PUBLIC_URL") or f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def demo_folder() -> Path:
    """Return the data folder of the demo. Raises Stop where a database of one's own is configured."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        if os.environ.get(name):
            raise Stop(f"--demo fills a database of its own: unset {name} first.")
    folder = Path(environment.VAR) / "demo"
    environment.make_private_folder(str(folder))
    return folder


def ensure_port_is_free(host: str, port: int) -> None:
    try:
        family, kind, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Stop(
                f"Port {port} is taken by another program: stop that, or choose another port with PORT=..."
            ) from None
        raise Stop(f"Kith cannot listen on {host}, port {port}: {error.strerror}.") from None


def lock(var: Path) -> IO[str]:
    """Lock a data folder, because only one Kith may run on it. Return the open lock file."""
    file = (var / "run.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Stop(f"Kith already runs on the data in {var}: stop it first, or set KITH_VAR.") from None
    return file


def prepare(*, demo: bool) -> None:
    """Run `commands.prepare` in one process, because Django starts slowly."""
    guard = die_with_parent if sys.platform == "linux" else None
    command = [sys.executable, "-m", "commands.prepare", *(["--demo"] if demo else [])]
    if subprocess.run(command, cwd=ROOT, check=False, preexec_fn=guard).returncode:
        raise Stop("Kith has not been started.")


def start_servers(processes: Processes, var: Path, host: str, port: int) -> None:
    """Start the web server and the worker and wait for both; then start the beat."""
    ready = var / "worker-is-ready"
    ready.unlink(missing_ok=True)
    processes.start("The web server", servers.WEB, {})
    worker = servers.worker(os.environ.get("WORKERS") or 2)
    processes.start("The worker", worker, {"READY_FILE": str(ready), "CELERY_SKIP_CHECKS": "1"})
    processes.wait_until(lambda: answers(host, port), "The web server")
    processes.wait_until(ready.exists, "The worker")
    processes.start("The beat", servers.beat(), {})


def answers(host: str, port: int) -> bool:
    """Whether the web server responds, with any status."""
    nearby = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(nearby, port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True
