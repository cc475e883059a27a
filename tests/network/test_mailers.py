"""EMAIL_URL has one meaning, whichever mail settings the version of Django has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import environ
import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.dummy import EmailBackend as Nowhere
from django.core.mail.backends.filebased import EmailBackend as Files
from django.core.mail.backends.smtp import EmailBackend as Server

from network import mailers

Connect = Callable[[str], BaseEmailBackend]


@pytest.fixture
def connect(settings: Any) -> Connect:
    """Return the connection for an EMAIL_URL."""

    def by(url: str) -> BaseEmailBackend:
        for name, value in mailers.settings_from(environ.Env.email_url_config(url)).items():
            setattr(settings, name, value)
        return mailers.connection()

    return by


def test_a_mail_server_with_tls(connect: Connect) -> None:
    found = connect("smtp+tls://kith:p%40ss@mail.example:587")
    assert isinstance(found, Server)
    assert (found.host, found.port, found.username, found.password) == ("mail.example", 587, "kith", "p@ss")
    assert (found.use_tls, found.use_ssl, found.timeout) == (True, False, mailers.TIMEOUT)


def test_a_mail_server_with_ssl(connect: Connect) -> None:
    found = connect("smtp+ssl://mail.example:465")
    assert isinstance(found, Server)
    assert (found.port, found.use_tls, found.use_ssl) == (465, False, True)


def test_a_local_mail_server(connect: Connect) -> None:
    found = connect("smtp://")
    assert isinstance(found, Server)
    assert (found.host, found.port) == ("localhost", 25)


def test_a_folder(connect: Connect, tmp_path: Any) -> None:
    found = connect(f"filemail:///{tmp_path}")
    assert isinstance(found, Files)
    assert found.file_path == str(tmp_path)


def test_no_mail(connect: Connect) -> None:
    assert isinstance(connect("dummymail://"), Nowhere)
