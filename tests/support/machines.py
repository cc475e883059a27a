"""Kith on several machines, simulated on this one, with every server that docs/operations.md describes.

PostgreSQL, a cluster for timelines, another Valkey, workers, a beat, web servers, and nginx with the file
from deploy/. All listen on the loopback interface, and end with this process.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from commands import servers
from commands.environment import ROOT
from commands.processes import Processes
from commands.programs import NGINX, PGBOUNCER
from tests.support.cluster import Cluster, free_ports
from tests.support.realtime.sockets import answers
from tests.support.servers import OwnValkey
from tests.support.waiting import wait_until

WORKERS, WEBS = 4, 2
DEPLOY = Path(ROOT, "deploy")
SURROUNDINGS = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr crit;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/kith.conf;
}}
"""


class Machines:
    """The processes by name. `settings` is the environment of Kith's own processes."""

    def __init__(self, folder: Path, database: str, *, pooled: bool = False) -> None:
        self.folder, self.database = folder, database
        self.port, self.pooler, *self.webs = free_ports(2 + WEBS)
        self.address = f"http://127.0.0.1:{self.port}"
        for name in ("cluster", "valkey", "nginx"):
            (folder / name).mkdir(parents=True)
        self.cluster, self.valkey = Cluster(folder / "cluster"), OwnValkey(folder / "valkey")
        self.processes = Processes()
        self.settings = {
            "DJANGO_SETTINGS_MODULE": "network.settings",
            "KITH_VAR": str(folder / "var"),
            "PUBLIC_URL": self.address,
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:{self.pooler}/kith" if pooled else database,
            "REDIS_URL": self.valkey.url,
            "TIMELINES_REDIS_URL": self.cluster.url,
            "CELERY_SKIP_CHECKS": "1",
        }
        self.pooled = pooled

    def start(self) -> None:
        self.valkey.start()
        self.cluster.start()
        self.run("-m", "commands.prepare", DATABASE_URL=self.database)
        if self.pooled:
            self._start_pooler()
        for number in range(WORKERS):
            self.start_worker(number)
        for number in range(WEBS):
            self.start_web(number)
        self._start_proxy()
        self.processes.start("beat", servers.beat(), self.settings)
        for number in range(WORKERS):
            self.wait_until_worker_is_ready(number)
        for port in (*self.webs, self.port):
            wait_until(partial(answers, port), f"somebody answers at {port}", 90)

    def stop(self) -> None:
        self.processes.stop()
        self.cluster.stop()
        self.valkey.kill()

    @property
    def parts(self) -> dict[str, list[int]]:
        """The process ids of workers and Valkeys, without their children."""
        workers = [process.pid for name, process in self.processes.running.items() if name[:6] == "worker"]
        nodes = [node.process.pid for node in self.cluster.nodes if node.process.poll() is None]
        return {"workers": workers, "Valkeys": [self.valkey.process.pid, *nodes]}

    def shrink(self) -> None:
        """Continue with one worker, and with one Valkey for everything."""
        for name in [name for name in self.processes.running if name.startswith(("worker", "web"))]:
            self.end(name)
        self.cluster.stop()
        self.settings["TIMELINES_REDIS_URL"] = self.valkey.url
        self.start_worker(0)
        for number in range(WEBS):
            self.start_web(number)
            self.wait_until_web_answers(number)
        self.wait_until_worker_is_ready(0)

    def run(self, *words: str, **settings: str) -> str:
        """Run a program of Kith, such as `-m commands.prepare`, which must succeed. Returns its output."""
        environment = os.environ | self.settings | settings
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start_worker(self, number: int) -> None:
        self._ready(number).unlink(missing_ok=True)
        settings = self.settings | {"READY_FILE": str(self._ready(number))}
        self.processes.start(f"worker {number}", servers.worker(1), settings)

    def wait_until_worker_is_ready(self, number: int) -> None:
        wait_until(self._ready(number).exists, f"worker {number} is ready", 90)

    def start_web(self, number: int) -> None:
        place = {"HOST": "127.0.0.1", "PORT": str(self.webs[number])}
        self.processes.start(f"web {number}", servers.WEB, self.settings | place)

    def wait_until_web_answers(self, number: int) -> None:
        wait_until(partial(answers, self.webs[number]), f"web server {number} answers", 60)

    def kill(self, name: str) -> None:
        """Kill a process with its children, as a power cut would."""
        process = self.processes.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def end(self, name: str) -> None:
        """End a process with SIGTERM, and wait for its end."""
        process = self.processes.running.pop(name)
        process.terminate()
        process.wait(20)

    def _ready(self, number: int) -> Path:
        return self.folder / f"worker-{number}-is-ready"

    def _start_proxy(self) -> None:
        """Start nginx with the file from deploy/, on other ports."""
        folder = self.folder / "nginx"
        text = (DEPLOY / "nginx.conf").read_text().replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        for number, port in enumerate(self.webs):
            text = text.replace(f"127.0.0.1:{8000 + number} ", f"127.0.0.1:{port} ")
        (folder / "kith.conf").write_text(text)
        user = f"user {pwd.getpwuid(os.getuid()).pw_name};" if os.getuid() == 0 else ""
        (folder / "nginx.conf").write_text(SURROUNDINGS.format(folder=folder, user=user))
        command = [NGINX.path, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
        self.processes.start("nginx", command, {})

    def _start_pooler(self) -> None:
        """Start pgbouncer with the file from deploy/, with other ports, names and passwords."""
        address = urlsplit(self.database)
        host = parse_qs(address.query)["host"][0]
        text = (DEPLOY / "pgbouncer.ini").read_text()
        text = text.replace("host=127.0.0.1 port=5432 dbname=kith", f"host={host} dbname={address.path[1:]}")
        text = text.replace("listen_port = 6432", f"listen_port = {self.pooler}")
        text = text.replace("scram-sha-256", "trust").replace("/etc/pgbouncer", str(self.folder))
        (self.folder / "userlist.txt").write_text('"postgres" ""')
        file = self.folder / "pgbouncer.ini"
        file.write_text(text)
        # pgbouncer refuses to run as root. As root, run it as the owner of the database.
        owner = ["-u", Path(host).owner()] if os.getuid() == 0 else []
        self.processes.start("pgbouncer", [PGBOUNCER.path, "-q", *owner, str(file)], {}, foundation=True)
        wait_until(partial(answers, self.pooler), "pgbouncer answers")
