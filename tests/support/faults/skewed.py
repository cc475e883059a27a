"""Settings of a process whose clock is wrong by SKEW seconds."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(os.environ["SKEW"]))).start()

from network.settings import *  # noqa: E402, F403
