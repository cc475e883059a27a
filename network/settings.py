"""Kith's settings. Those that differ between servers are read from the environment.

docs/operations.md lists them. With none of them set, all data is under `var/` and the site listens on the
loopback interface.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from network import mailers, secret_key

env = environ.Env()

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.str("KITH_VAR", default=str(ROOT / "var"))).resolve()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key.read_or_make(VAR / "secret_key")

# The address of the site. Behind a proxy that ends HTTPS, only PUBLIC_URL knows the real one.

PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
_public = urlsplit(PUBLIC_URL or "http://localhost")
# The start of links in mail.
SITE_URL = PUBLIC_URL or f"http://{env.str('HOST', default='127.0.0.1')}:{env.str('PORT', default='8000')}"
if _public.scheme not in ("http", "https") or not _public.hostname:
    raise ImproperlyConfigured(f"PUBLIC_URL is {PUBLIC_URL!r}, and must be like https://kith.example.")
_hosts = [_public.hostname, env.str("HOST", default="")]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, _hosts)]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXIES", default=1 if PUBLIC_URL else 0)

HTTPS = _public.scheme == "https"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = ["^metrics$", "^health$"]  # requested past the proxy
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SILENCED_SYSTEM_CHECKS = [
    "mail.E001",  # of Django 6.1: Kith may run without mail, and then no page offers it
    "security.W005",  # only the owner of a domain can decide that all of it is HTTPS only, for ever
    "security.W021",
]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Apps

INSTALLED_APPS = [
    "network",
    "feeds",
    "realtime",
    "safety",
    "samples",
    "network.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "network.http_cache.CompressionMiddleware",
    "network.http_cache.CacheMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "network.middleware.PersonMiddleware",
    "network.closed_site.ClosedSiteMiddleware",
    "network.middleware.ErrorsMiddleware",
]
ROOT_URLCONF = "network.urls"
ASGI_APPLICATION = "realtime.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["network.template_loader.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "network.context.page",
                "feeds.context.unread",
            ],
        },
    }
]

# Databases, and the cache that may be lost. A write ends within ten seconds: replay by id relies on it.

DATABASE_TIMEOUT = env.int("DATABASE_TIMEOUT", default=8)
WEB_THREADS = env.int("WEB_THREADS", default=20)  # of a web process; its live pages use two more connections
_address = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR / 'kith.sqlite3'}"
if _address.partition("://")[0] not in ("sqlite", "postgres", "postgresql"):
    raise ImproperlyConfigured("DATABASE_URL must be like postgresql://name:password@host/kith.")
DATABASES = {"default": env.db_url_config(_address)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_database = DATABASES["default"]
_options = _database.setdefault("OPTIONS", {})
if _database["ENGINE"] == "django.db.backends.sqlite3":
    WEB_AT_ONCE = 1  # of WEB_THREADS, beside writes: reading waits for hardly anything
    _database["CONN_MAX_AGE"] = None  # a new connection reads the schema and compiles statements anew
    _options |= {
        "timeout": 10,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000;",
    }
else:
    WEB_AT_ONCE = 4
    _limit, _pool = f"{DATABASE_TIMEOUT}s", env.int("DATABASE_POOL", default=WEB_THREADS + 2)
    # pgbouncer in transaction mode cannot hold a server-side cursor after the transaction.
    _database |= {"CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": True}
    _options |= {
        "connect_timeout": 3,
        "options": f"-c statement_timeout={_limit} -c idle_in_transaction_session_timeout={_limit}",
        "pool": {"min_size": 1, "max_size": _pool, "timeout": 5} if _pool else False,
    }


def _embedded_redis() -> str:
    """Return the address that `bin/run` wrote when it started its own Valkey."""
    address = VAR / "valkey" / "url"
    return address.read_text() if address.exists() else f"unix://{VAR / 'valkey' / 'socket'}"


REDIS_URL = env.str("REDIS_URL", default="") or _embedded_redis()
TIMELINES_REDIS_URL = env.str("TIMELINES_REDIS_URL", default=REDIS_URL)
CHANNELS_REDIS_URL = env.str("CHANNELS_REDIS_URL", default=REDIS_URL)
BROKER_URL = env.str("BROKER_URL", default=REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "network.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.5},
    }
}

# Rate limits of `network.limits`: name -> (times, seconds).

LIMITS = {
    "post": (60, 600),
    "mark": (300, 600),
    "follow": (200, 600),
    "preview": (300, 600),
    "profile": (60, 600),
    "group": (60, 600),
    "ticket": (60, 600),
    "site": (60, 600),
    # Guesses of passwords and codes: by one device or address at one account, by one address, by all
    # unknown devices at one account.
    "guess": (5, 300),
    "guesses": (10, 60),
    "guesses_of_strangers": (100, 3600),
    # Sign-up forms from one address, and with one invitation: a whole class may join behind one address.
    "sign_up": (20, 60),
    "sign_up_by_invitation": (120, 60),
    # Invitations that do not work, from one address.
    "wrong_invitation": (300, 600),
    # Mails of one kind to one address.
    "letter": (5, 3600),
}

# A stream with this many followers is pulled: its activities are not pushed to timelines but merged when a
# timeline is read. docs/scale.md has the cost of both.

PULL_FROM = env.int("PULL_FROM", default=100_000)

# Every five minutes the homes of so many people are checked and repaired; 0 checks none.

FEEDS_SAMPLE = env.int("FEEDS_SAMPLE", default=20)

# The token for /metrics from another machine. Without it only this machine may read them.

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Tasks. A task runs at least once, so it must be idempotent.

CELERY_BROKER_URL = BROKER_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "feeds.tasks.sweep", "schedule": 15.0, "options": {"expires": 15.0}},
    "send_letters": {"task": "feeds.tasks.send_letters", "schedule": 60.0, "options": {"expires": 60.0}},
    "heal": {"task": "feeds.tasks.heal", "schedule": 300.0, "options": {"expires": 300.0}},
}

# Accounts

AUTH_USER_MODEL = "network.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "network.sessions"
SESSION_COOKIE_AGE = 60 * 24 * 3600

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    if EMAIL_URL.partition("://")[0] not in env.EMAIL_SCHEMES:
        raise ImproperlyConfigured("EMAIL_URL must be like smtp+tls://name:password@host:587.")
    vars().update(mailers.settings_from(env.email_url("EMAIL_URL")))
else:
    vars().update(mailers.settings_for("dummy"))
MAIL_HOUR = env.int("MAIL_HOUR", default=6)  # of daily and weekly mail, in the zone of the reader
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"kith@{_public.hostname}")

ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_ADAPTER = "safety.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "network.forms.accounts.SignInForm",
    "signup": "safety.forms.accounts.SignUpForm",
    "change_password": "network.forms.passwords.ChangePasswordForm",
    "set_password": "network.forms.passwords.SetPasswordForm",
    "reset_password_from_key": "network.forms.passwords.ResetPasswordKeyForm",
}
MFA_FORMS = {
    "authenticate": "network.forms.passwords.CodeForm",
    "reauthenticate": "network.forms.passwords.CodeAgainForm",
}
# Limits by account would let others lock its owner out: `network.guess_limits` counts instead. Sign-ups are
# counted by `safety.accounts`.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "signup": None, "reset_password": "20/m/ip"}
ACCOUNT_SIGNUP_REDIRECT_URL = "/start"
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional" if EMAIL_URL else "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
# Pages for staff, addresses and authenticators ask for the password again.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# Language, time and static files

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "network.storage.HashedFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"refusals": {"()": "network.logs.WithoutTraceback"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["refusals"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
