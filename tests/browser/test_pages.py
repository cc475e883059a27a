"""Every page: with a screen reader, on a phone, zoomed, in dark mode, and from right to left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from feeds.models import Notification
from tests.support.browser import looking, world
from tests.support.browser.pages import LEADING, PAGES, PARTS, addresses
from tests.support.browser.site import Site
from tests.support.browser.visitor import Onlooker, onlookers
from tests.support.browser.world import World
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="package")
def built(site: Site) -> World:
    return world.build()


@pytest.fixture(scope="package")
def onlooker(site: Site, chromium: Browser, built: World) -> Iterator[Onlooker]:
    with onlookers(site.url, chromium, built) as look:
        yield look


@pytest.mark.parametrize("label", PAGES)
def test_the_page_is_accessible(label: str, built: World, onlooker: Onlooker) -> None:
    shown = PAGES[label]
    visitor = onlooker(shown.who)
    shown.open(visitor.page, built)
    found = looking.troubles(visitor.page)
    found += [
        line for line in visitor.complaints if shown.status == 200 or f"status of {shown.status}" not in line
    ]
    assert not found, "\n".join([visitor.page.url, *found])


FAULTS = {
    "contrast": "document.querySelector('.prose').style.color = '#999'",
    "dark: color-contrast": "document.querySelector('.prose').style.color = '#666'",
    "target-size": """document.querySelector('.acts').prepend(...['1', '2'].map((name) => {
        const small = Object.assign(document.createElement('button'), {textContent: name});
        Object.assign(small.style, {padding: 0, border: 0, fontSize: '9px', margin: '0 -.6rem 0 0'});
        return small;
    }))""",
    "ltr at 320 px": "document.querySelector('.by .nb').append('x'.repeat(90))",
    "rtl at 1280 px": """Object.assign(document.querySelector('.prose p').style,
        {position: 'absolute', left: '-2000px'})""",
    "needs one h1": "document.querySelector('h1').remove()",
    "needs one main": "document.querySelector('main').outerHTML = '<div>' + document.querySelector('main').innerHTML",
    "needs a title": "document.title = ' · Kith'",
    "heading-order": "document.querySelector('main h2').outerHTML = '<h5>Low</h5>'",
    "button-name": "document.querySelector('.acts button').replaceChildren()",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, built: World, onlooker: Onlooker) -> None:
    """Each check finds a fault that is planted in a good page."""
    page = onlooker("ada").page
    PAGES["poll"].open(page, built)
    page.evaluate(FAULTS[fault])
    assert any(fault in line for line in looking.troubles(page))


@pytest.mark.parametrize("fault", ["document.body.style.cssText", "console.error('no')", "missing()"])
def test_an_error_of_the_browser_is_found(fault: str, built: World, onlooker: Onlooker) -> None:
    visitor = onlooker("ada")
    PAGES["about"].open(visitor.page, built)
    markup = "document.body.insertAdjacentHTML('beforeend', '<i style=color:red>')"
    visitor.page.evaluate(markup if "style" in fault else f"setTimeout(() => {fault})")
    wait_until(lambda: visitor.page.evaluate("1") and visitor.complaints, "the error is recorded")


def test_each_page_is_in_the_table(built: World, onlooker: Onlooker) -> None:
    """Each route is in the table, redirects to one that is, is fetched by scripts, or accepts only POST."""
    looked_at = {shown.name for shown in PAGES.values()}
    missing = addresses().keys() - looked_at - LEADING - PARTS
    ask = onlooker("ada").context.request
    filling = {
        "handle": built.ben.handle,
        "name": built.topic.name,
        "slug": built.group.slug,
        "token": built.invitation,
    }
    readable = []
    for name in sorted(missing):
        converters = addresses()[name].pattern.converters
        path = reverse(name, kwargs={key: filling.get(key, "1") for key in converters})
        status = ask.get(path, max_redirects=0).status
        if status != 405:
            readable.append(f"{name} answers {status}")
    assert not readable, "\n".join(readable)


@pytest.mark.parametrize("name", sorted(LEADING))
def test_a_url_that_redirects_is_not_a_page(name: str, built: World, onlooker: Onlooker) -> None:
    notification = Notification.objects.filter(person=built.ada).first()
    assert notification is not None
    filling = {"activity_id": notification.activity_id}
    kwargs = {key: filling[key] for key in addresses()[name].pattern.converters}
    answer = onlooker("ada").context.request.get(reverse(name, kwargs=kwargs), max_redirects=0)
    assert answer.status in (302, 303), answer.status
