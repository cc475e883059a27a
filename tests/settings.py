"""The settings of the tests: those of Kith, with real servers that live as long as the run.

Each process of the run has its own folder, Valkey (started by `tests/conftest.py`) and database.
`TEST_DATABASE=postgresql` runs the suite on an embedded PostgreSQL. SQLite uses a file, so that other processes and
threads can open it too.

"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "TEST_FOLDER" not in os.environ:
    os.environ["TEST_FOLDER"] = tempfile.mkdtemp(prefix="kith-test-")
    atexit.register(shutil.rmtree, os.environ["TEST_FOLDER"], ignore_errors=True)
FOLDER = Path(os.environ["TEST_FOLDER"])

for name in ("PUBLIC_URL", "EMAIL_URL", "DATABASE_URL", "REDIS_URL", "HOST", "PORT", "MAIL_HOUR", "DEBUG"):
    os.environ.pop(name, None)
# Deprecation warnings are errors in the servers that tests start, as they are in the tests.
os.environ["PYTHONWARNINGS"] = "error::DeprecationWarning,error::PendingDeprecationWarning"
os.environ["DATABASE_POOL"] = "0"  # a pool would keep databases open that are to be dropped
os.environ["KITH_VAR"] = str(FOLDER / os.environ.get("PYTEST_XDIST_WORKER", "main"))
if os.environ.get("TEST_DATABASE") == "postgresql":
    from tests.support.postgresql import address

    os.environ["DATABASE_URL"] = address(FOLDER / "postgresql")
    os.environ["DATABASE_TIMEOUT"] = "30"  # other tests may keep the machine busy

from network.settings import *  # noqa: E402, F403
from network.settings import DATABASES, STORAGES, VAR  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # find files on request, instead of all of them at each start
