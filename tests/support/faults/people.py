"""People who use HTTP: they sign up, follow, write and read by pages and forms only."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

PASSWORD = "limpets go home at night"
DESTINATION = re.compile(r'name="destination" value="([^"]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CARD = re.compile(r'<article class="post" id="p(\d+)"')


class Someone:
    """A person with cookies."""

    def __init__(self, address: str, handle: str) -> None:
        self.address, self.handle = address, handle
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=30) as answer:
            return str(answer.read().decode())

    def send(self, path: str, page: str, **fields: str) -> str:
        """Send a form of a page. Returns the address to which it redirected."""
        html = self.get(page)
        token = TOKEN.search(html)
        assert token is not None, f"{page} has no form"
        made_for = DESTINATION.findall(html)
        data = urlencode({"csrfmiddlewaretoken": token[1], "destination": made_for[:1], **fields}, doseq=True)
        request = Request(self.address + path, data.encode(), {"Referer": self.address + page})
        with self.opener.open(request, timeout=30) as answer:
            return str(answer.url)

    def sign_up(self) -> Someone:
        page = "/accounts/signup/"
        where = self.send(page, page, name=self.handle.title(), username=self.handle, password1=PASSWORD)
        assert where.endswith("/start"), where
        return self

    @property
    def session(self) -> str:
        """The key of the session in their cookies."""
        return next(str(cookie.value) for cookie in self.cookies if cookie.name == "sessionid")

    def follow(self, handle: str) -> None:
        self.send(f"/people/{handle}/follow", f"/people/{handle}")

    def unfold(self, handle: str) -> None:
        """Receive everything of a person whom they follow, without folding."""
        page = f"/people/{handle}"
        found = re.search(r"/streams/\d+/delivery", self.get(page))
        assert found is not None, f"{page} has no form for it"
        self.send(found[0], page, place="home", comments="all", reshares="on")

    def write(self, text: str) -> str:
        """Publish a post, and return its id."""
        where = self.send("/posts", "/posts/new", text=text, place="public")
        found = re.search(r"/posts/(\d+)", where)
        assert found is not None, where
        return found[1]

    def home(self) -> list[str]:
        """The ids on the first page of home, in order. Empty if there is no answer."""
        try:
            return CARD.findall(self.get("/").partition("<main")[2])
        except URLError:
            return []
