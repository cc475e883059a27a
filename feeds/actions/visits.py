"""Visits: opening a feed moves its reading marker."""

from __future__ import annotations

import logging

from django.db import DatabaseError

from feeds.feed import Feed
from feeds.signals import delivered
from network.actions import lists as actions
from network.queries import lists as queries

log = logging.getLogger(__name__)


def visit(feed: Feed, newest: int) -> int:
    """Record that the first page of a feed was opened, and `newest` was on top.

    Returns up to which id the feed was read before. Other devices get the new marker by `delivered`. A
    database that cannot be written to, as on a full disk, moves no marker. One query where nothing is new,
    else two more: most visits then wait for no writer.
    """
    read_id, shown_id = queries.marker(feed.person, feed.id)
    if read_id >= shown_id >= newest:
        return shown_id
    try:
        read_id = actions.open_feed(feed.person, feed.id, newest)
    except DatabaseError as error:
        log.warning("How far somebody has read is not kept: %s", error)
        return read_id
    if read_id < newest:
        delivered.send_robust(sender=Feed, people=[feed.person.pk], kind="read", id=newest, feed=feed.id)
    return read_id
