"""An HTTP client with several kept connections and the session of a person of the demo."""

from __future__ import annotations

import asyncio
import http.client
import re
import time
from urllib.parse import urlencode

CONNECTIONS = 4


class Visitor:
    """A person who is signed in at a server. Raises RuntimeError if a response is not 200."""

    def __init__(self, port: int, name: str, password: str) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        form = self._ask("GET", "/accounts/login/").decode()
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', form)
        fields = {"login": name, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        self._ask("POST", "/accounts/login/", urlencode(fields))

    def elsewhere(self, port: int) -> Visitor:
        """The same session at another server."""
        other = object.__new__(Visitor)
        other.port, other.cookies = port, self.cookies
        return other

    def get(self, address: str) -> bytes:
        return self._ask("GET", address)

    def rate(self, address: str, times: int) -> float:
        """Send `times` requests. Returns how many are answered in a second."""
        return asyncio.run(self._rate(address, times))

    def _ask(self, method: str, address: str, body: str = "") -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self._cookie(), "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        page = answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        if answer.status != (200 if method == "GET" else 302):
            raise RuntimeError(f"{method} {address} was answered with {answer.status}.")
        return page

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def _rate(self, address: str, times: int) -> float:
        began = time.perf_counter()
        each = times // CONNECTIONS
        await asyncio.gather(*(self._keep_asking(address, each) for _ in range(CONNECTIONS)))
        return each * CONNECTIONS / (time.perf_counter() - began)

    async def _keep_asking(self, address: str, times: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        request = f"GET {address} HTTP/1.1\r\nHost: localhost\r\nCookie: {self._cookie()}\r\n\r\n".encode()
        for _ in range(times):
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not head.startswith(b"http/1.1 200"):
                raise RuntimeError(f"{address} was answered with {head[:40]!r}.")
            await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
        writer.close()
