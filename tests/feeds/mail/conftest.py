"""A mail server for letters, and a person who gets them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from feeds.models import Mailing
from network import mailers
from network.models import Person
from tests.support.feeds.mail import SITE, subscriber
from tests.support.feeds.sink import HOST, Sink, free_port, listening


@pytest.fixture
def closed_sink(settings: Any) -> Sink:
    """The mail server of the site, which does not listen yet."""
    sink = Sink(free_port())
    settings.EMAIL_URL, settings.SITE_URL = f"smtp://{HOST}:{sink.port}", SITE
    for name, value in mailers.settings_for("smtp", host=HOST, port=sink.port).items():
        setattr(settings, name, value)
    settings.DEFAULT_FROM_EMAIL = "kith@kith.example"
    return sink


@pytest.fixture
def sink(closed_sink: Sink) -> Iterator[Sink]:
    """The mail server of the site, which listens."""
    with listening(closed_sink):
        yield closed_sink


@pytest.fixture
def noor(db: None) -> Person:
    """A person who asked for notices by mail soon, at an address that they confirmed."""
    return subscriber("noor", "Nōor Abbasi", notices=Mailing.Every.SOON)
