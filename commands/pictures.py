"""`bin/pictures`: take the picture of the README, or with a folder pictures of every page, from the demo."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from commands.environment import ROOT, Stop, say
from commands.programs import CHROMIUM

VISITOR, PASSWORD = "noor", "limpets-go-home"  # printed by the demo when it is ready
DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=360, height=780)
SHAPES = {
    "desktop": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
    "phone": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
}
MAX_HEIGHT = 3000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]

SIGNED_OUT = {
    "welcome": "/",
    "signup": "/accounts/signup/",
    "login": "/accounts/login/",
    "password-reset": "/accounts/password/reset/",
    "about": "/about",
    "house-rules": "/rules",
    "privacy": "/privacy",
    "404": "/nothing-here",
}
# Person -> name of the picture -> URL. "/ > a" is the page that the link `a` on the page / leads to.
SIGNED_IN = {
    VISITOR: {
        "home": "/",
        "home-older": "/ > a[rel=next]",
        "home-topics": "/?show=topics",
        "lists": "/lists",
        "list": "/lists > .list a.name",
        "list-edit": "/lists > .list a.btn",
        "start": "/start",
        "compose": "/posts/new",
        "compose-answer": "/ > .title a > .comment .acts a[data-act=reply]",
        "thread": "/ > .title a",
        "reshare": "/ > .menu a[href$=reshare]",
        "own-page": "/you",
        "thread-own": "/you > .by a[data-open]",
        "edit": "/you > .menu a[href$=edit]",
        "delete": "/you > .menu a[href$=delete]",
        "thanks": "/you > .menu a[href$=thanks]",
        "person": "/people/amara",
        "followers": "/people/amara/followers",
        "following": "/people/amara/following",
        "topic": "/explore/topics > .list a.name",
        "explore": "/explore",
        "explore-found": "/explore?q=bread",
        "explore-people": "/explore/people",
        "notices": "/notices",
        "saved": "/saved",
        "messages": "/messages",
        "message": "/messages > .excerpt a",
        "groups": "/groups",
        "groups-new": "/groups/new",
        "group": "/groups > .list a.name",
        "settings": "/settings",
        "settings-privacy": "/settings/privacy",
        "settings-home": "/settings/home",
        "settings-filters": "/settings/filters",
        "settings-looks": "/settings/looks",
        "settings-email": "/accounts/email/",
        "settings-password": "/accounts/password/change/",
        "settings-sessions": "/accounts/sessions/",
        "settings-second-step": "/accounts/2fa/",
        "keys": "/keys",
    },
    "siobhan": {
        f"group-{part}": f"/groups > .list a.name > .tabs a[href$={part}], .head a[href$={part}]"
        for part in ("members", "requests", "rules", "invitations", "edit", "leave")
    },
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="every page goes here, in every shape")
    parser.add_argument("--at", metavar="ADDRESS", help="of a demo that runs; else one is started")
    options = parser.parse_args(arguments)
    try:
        if not CHROMIUM.provide():
            raise Stop("Pictures need a Chromium: install it, or name it in CHROMIUM.")
        with running_demo(options.at) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=FLAGS)
            if options.folder:
                take_all(browser, address, options.folder)
            else:
                take_for_readme(browser, address, Path(ROOT) / "docs" / "pictures")
            browser.close()
    except Stop as stop:
        say(str(stop))
        return 1
    return 0


@contextlib.contextmanager
def running_demo(address: str | None) -> Iterator[str]:
    """Yield the address of a demo: the given one, or one that runs inside this context."""
    if address:
        yield address.rstrip("/")
        return
    port = os.environ.get("PORT") or "8000"
    command = [sys.executable, str(Path(ROOT) / "bin" / "run"), "--demo"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            for line in process.stderr:
                say(line.rstrip())
                if line.startswith("Kith is ready"):
                    break
            else:
                raise Stop("The demo has not started, so there are no pictures.")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def take_for_readme(browser: Browser, address: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    context = window(browser, address, DESKTOP, "light", VISITOR)
    take(context.new_page(), DESKTOP, "/", folder / "home.png")
    say(f"{folder / 'home.png'}")


def take_all(browser: Browser, address: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for shape, (size, scheme) in SHAPES.items():
        for who, pages in ((None, SIGNED_OUT), *SIGNED_IN.items()):
            context = window(browser, address, size, scheme, who)
            page = context.new_page()
            for name, where in pages.items():
                take(page, size, where, folder / f"{name}-{shape}.png", whole=True)
            context.close()
        say(f"{shape}: done")


def window(
    browser: Browser, address: str, size: ViewportSize, scheme: str, who: str | None
) -> BrowserContext:
    """Open a browser window of this size and scheme, in which `who` is signed in."""
    context = browser.new_context(
        base_url=address,
        viewport=size,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    if who is not None:
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill(who)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button.go").click()
        page.wait_for_url(f"{address}/")
        page.close()
    return context


def take(page: Page, size: ViewportSize, where: str, path: Path, *, whole: bool = False) -> None:
    """Take a picture of a page, or say why there is none."""
    first, *links = where.split(" > ")
    page.set_viewport_size(size)
    page.goto(first)
    for link in links:
        found = page.locator(link)
        if not found.count():
            say(f"No picture {path.name}: {page.url} has no {link}")
            return
        page.goto(str(found.first.get_attribute("href")))
    page.evaluate("document.fonts.ready")
    if whole:
        height = min(page.evaluate("document.documentElement.scrollHeight"), MAX_HEIGHT)
        page.set_viewport_size(ViewportSize(width=size["width"], height=height))
    page.screenshot(path=path)
