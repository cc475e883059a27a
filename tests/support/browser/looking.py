"""Checks that every page must pass. Each returns a list of problems."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

PHONE, ZOOMED, DESK = 320, 640, 1280  # CSS pixels; a desktop at 200% has half of its width

EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}

TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const sticks = ({left, right, width}) => width && (right > root.clientWidth + 1 || left < -1);
  const scrolls = (element) => element.closest(".vh, .skip, pre, table, [class*=scroll]");
  return [...document.body.querySelectorAll("*")]
    .filter((element) => sticks(element.getBoundingClientRect()) && !scrolls(element))
    .map((element) => element.outerHTML.slice(0, 160)).slice(0, 5).concat(`${root.scrollWidth} px`);
}"""
FRAME = """() => [
  document.querySelectorAll("h1").length === 1 || "needs one h1",
  document.querySelectorAll("main").length === 1 || "needs one main",
  document.title.replace(/\\s*·.*/s, "").trim() !== "" || "needs a title",
  document.documentElement.lang !== "" || "needs a language",
  document.querySelectorAll("[style]").length === 0 || "has an inline style",
].filter((word) => word !== true)"""


def troubles(page: Page) -> list[str]:
    """The problems of a page in its present state, at all widths and in both colour schemes."""
    found = [f"frame: {word}" for word in page.evaluate(FRAME)]
    page.evaluate(AXE_SCRIPT)
    found += [f"light: {line}" for line in axe(page, EVERYTHING)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {line}" for line in axe(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    return found + too_wide(page, PHONE, ZOOMED, DESK)


def too_wide(page: Page, *widths: int) -> list[str]:
    """The elements that are wider than the page at these widths, in both writing directions."""
    found = []
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => document.documentElement.dir = direction", direction)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 780})
            found += [f"{direction} at {width} px sticks out: {what}" for what in page.evaluate(TOO_WIDE)]
    return found


def axe(page: Page, options: dict[str, Any]) -> list[str]:
    violations = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{violation['id']}: {node['html'][:300]} {node['failureSummary'][:500]}"
        for violation in violations
        for node in violation["nodes"][:3]
    ]
