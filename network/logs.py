"""A log filter for refused requests."""

from __future__ import annotations

import logging


class WithoutTraceback(logging.Filter):
    """Log a refusal (4xx) as one line, without the traceback that Django adds."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
