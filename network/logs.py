"""What the log says of requests that are refused."""

from __future__ import annotations

import logging


class WithoutTraceback(logging.Filter):
    """Keep a refusal (4xx) to its line: Django adds the traceback of the exception that it was raised by."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
