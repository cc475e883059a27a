"""SQLite compiles a statement of ours once, and then runs it with other values."""

from __future__ import annotations

import pytest
from django.db import connection

from network.models import Post
from network.queries import messages
from network.queries.rights import not_muted
from tests.support import factories


def test_a_statement_is_compiled_once(db: None) -> None:
    """Posts, mutes and notifications have partial indexes, whose conditions are in the rules of rights."""
    ada = factories.person()

    def read() -> dict[str, int]:
        """How often each statement was compiled again, by its SQL, after some queries."""
        messages.number_unread(ada)
        list(Post.objects.filter(not_muted(ada), author=ada))
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql, reprep FROM sqlite_stmt WHERE sql LIKE '%network_mute%' AND run > 0")
            return dict(cursor.fetchall())

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA compile_options")
        if ("ENABLE_STMTVTAB",) not in cursor.fetchall():
            pytest.skip("This SQLite does not tell how often it compiled a statement.")
    first = read()
    assert len(first) >= 2
    assert read() == first
