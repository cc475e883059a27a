"""A cluster of real Valkeys: three masters with a replica each. Tests may kill them."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import redis

from commands import valkey
from tests.support.servers import begin
from tests.support.waiting import wait_until

MASTERS = 3
SLOTS = 16384
NODE_TIMEOUT = 1000  # ms until a node that does not answer is considered dead


class Node:
    def __init__(self, folder: Path, port: int, bus: int) -> None:
        self.folder, self.port, self.bus = folder, port, bus
        self.client = redis.Redis(port=port, socket_timeout=5, decode_responses=True)

    def start(self) -> None:
        program = valkey.program()
        assert program
        self.folder.mkdir(parents=True, exist_ok=True)
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "cluster-port": str(self.bus),
            "cluster-enabled": "yes",
            "cluster-config-file": "nodes.conf",
            "cluster-node-timeout": str(NODE_TIMEOUT),
            "cluster-require-full-coverage": "no",
            "repl-diskless-sync-delay": "0",
            "dir": str(self.folder),
            "save": "",
            "loglevel": "warning",
            "logfile": str(self.folder / "log"),
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.process = begin([program, *words])
        wait_until(lambda: not valkey.why_silent(f"redis://127.0.0.1:{self.port}"), "a node answers")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    @property
    def name(self) -> str:
        return str(self.client.cluster("MYID"))

    @property
    def is_master(self) -> bool:
        return bool(self.client.info("replication")["role"] == "master")


class Cluster:
    """The nodes of the cluster. `url` names one of them; a client asks it for the others."""

    def __init__(self, folder: Path) -> None:
        ports = free_ports(4 * MASTERS)
        self.nodes = [
            Node(folder / str(number), ports[2 * number], ports[2 * number + 1])
            for number in range(2 * MASTERS)
        ]
        self.url = f"redis+cluster://127.0.0.1:{self.nodes[-1].port}"

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        masters, replicas = self.nodes[:MASTERS], self.nodes[MASTERS:]
        for number, node in enumerate(masters):
            first, end = (SLOTS * part // MASTERS for part in (number, number + 1))
            node.client.execute_command("CLUSTER ADDSLOTSRANGE", first, end - 1)
            node.client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
        for node in self.nodes[1:]:
            node.client.execute_command("CLUSTER MEET", "127.0.0.1", self.nodes[0].port, self.nodes[0].bus)
        wait_until(self._all_know_all, "all nodes know each other", 30)
        for master, replica in zip(masters, replicas, strict=True):
            replica.client.execute_command("CLUSTER REPLICATE", master.name)
        wait_until(self.is_whole, "the cluster is whole", 30)

    def stop(self) -> None:
        for node in self.nodes:
            node.client.close()
            if node.process.poll() is None:
                node.kill()

    def masters(self) -> list[Node]:
        """The masters that are alive."""
        return [node for node in self.nodes if node.process.poll() is None and node.is_master]

    def is_whole(self) -> bool:
        """Whether all slots have a master, and each replica follows its master."""
        alive = [node for node in self.nodes if node.process.poll() is None]
        return all(self._is_well(node) for node in alive)

    def _is_well(self, node: Node) -> bool:
        about = node.client.info("replication")
        linked = about["role"] == "master" or about["master_link_status"] == "up"
        info = node.client.execute_command("CLUSTER INFO")
        info = info if isinstance(info, dict) else dict(line.split(":") for line in info.split() if line)
        return linked and info["cluster_state"] == "ok" and int(info["cluster_slots_ok"]) == SLOTS

    def _all_know_all(self) -> bool:
        return all(
            str(node.client.execute_command("CLUSTER NODES")).count("connected") >= len(self.nodes)
            for node in self.nodes
        )


def free_ports(count: int) -> list[int]:
    """Ports without a listener."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
