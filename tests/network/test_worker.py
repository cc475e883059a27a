"""What the processes of a worker share."""

from __future__ import annotations

import gc

from celery.signals import celeryd_after_setup


def test_modules_loaded_before_the_fork_stay_shared():
    before = gc.get_freeze_count()
    celeryd_after_setup.send(sender="worker@here", instance=None, conf=None)
    try:
        assert gc.get_freeze_count() > before + 10_000
    finally:
        gc.unfreeze()
