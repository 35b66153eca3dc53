"""Every setting of the platform, read from the environment, in one file.

Each helper fails loudly: a value that can't be used stops the start with the name of the variable, what it held and
what was expected. Any variable may come from a file instead: ``NAME_FILE=/run/secrets/name``. ``docs/settings.md``
lists them all, and a test holds the list complete.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from zhoudao.core import clock

CHECKOUT = Path(__file__).resolve().parents[2]


def env(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that ``NAME_FILE`` names, or the default."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE is {path!r}, which can't be read: {error.strerror}"
            ) from None
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set, and has no default: set it, or {name}_FILE")
    return value


def env_bool(name: str, default: bool) -> bool:
    value = env(name, "true" if default else "false").lower()
    if value not in ("true", "false"):
        raise ImproperlyConfigured(f"{name} is {value!r}; expected true or false")
    return value == "true"


def env_int(name: str, default: int, low: int, high: int) -> int:
    value = env(name, str(default))
    if not value.isdecimal() or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} is {value!r}; expected a whole number from {low} to {high}")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_origins(name: str) -> list[str]:
    """Origins such as ``https://app.example.gov.cn``: no path, no wildcard; plain HTTP only on this machine."""
    origins = env_list(name)
    for origin in origins:
        parts = urlsplit(origin)
        here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        plain = f"{parts.scheme}://{parts.netloc}" == origin and re.fullmatch(r"[a-z0-9.:-]+", parts.netloc)
        if not plain or not (here or parts.scheme == "https"):
            raise ImproperlyConfigured(
                f"{name} has {origin!r}; expected https://host or https://host:port, without path or wildcard"
            )
    return origins


def env_path(name: str, default: Path) -> Path:
    return Path(env(name, str(default))).expanduser().resolve()


def database(url: str) -> dict[str, object]:
    """Django's database settings for ``sqlite:///PATH`` or ``postgres://USER:PASSWORD@HOST:PORT/NAME``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and parts.path:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN, so that it never deadlocks
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-16000; PRAGMA secure_delete=ON"
                ),
            },
            "CONN_MAX_AGE": 60,  # a web process's threads stay, and each keeps its connection
        }
    if parts.scheme in ("postgres", "postgresql") and parts.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL starts with {parts.scheme!r}; expected sqlite:///absolute/path or postgres://user:password@host:port/name"
    )


# Where things are ---------------------------------------------------------------------------------------------------

VAR = env_path("ZHOUDAO_VAR", CHECKOUT / "var")
"""Everything the platform writes: database, files, keys, indexes, the sample city, signed heads."""
CITY_PACK = env_path("ZHOUDAO_CITY", CHECKOUT / "cities" / "zhoushan")
"""The city pack: everything local."""
KEYS_FILE = env_path("ZHOUDAO_KEYS", VAR / "keys" / "keys.json")
"""Keys for personal numbers; made on the first start, and kept apart from backups of the database."""
FILES_DIR = VAR / "files"
FONTS_DIR = env_path("ZHOUDAO_FONTS", VAR / "fonts")
"""Further fonts for documents: characters that the bundled one lacks are set in them."""
SAMPLE_DIR = VAR / "sample"
INDEX_DIR = VAR / "index"
AUDIT_HEADS_DIR = env_path("ZHOUDAO_AUDIT_HEADS", VAR / "audit-heads")
"""Where signed heads of the audit chain are written; point it at another disk or machine."""

# Django -------------------------------------------------------------------------------------------------------------

DEBUG = env_bool("ZHOUDAO_DEBUG", False)
SAMPLE_CITY = env_bool("ZHOUDAO_SAMPLE", True)
"""Generated data and sample accounts. A real city sets it to false; sample sign-ins then do not exist."""


def _secret_keys() -> list[str]:
    """``SECRET_KEY`` from the environment, or from a file made on the first start and kept beside the other keys.

    One a line: the first signs, what the others signed still counts, until they are taken out.
    """
    if "SECRET_KEY" in os.environ or "SECRET_KEY_FILE" in os.environ:
        return [*env("SECRET_KEY").split(), *env_list("SECRET_KEY_FALLBACKS")]
    path = KEYS_FILE.parent / "django-secret"
    if not path.exists():
        from zhoudao.core.keys.secret_file import write_once

        write_once(path)
    return path.read_text(encoding="ascii").split()


SECRET_KEY, *SECRET_KEY_FALLBACKS = _secret_keys() or [""]
ALLOWED_HOSTS = env_list("ZHOUDAO_HOSTS", "127.0.0.1,localhost,[::1]")
HTTPS = env_bool("ZHOUDAO_HTTPS", False)
"""Served over HTTPS, as in production: cookies are then marked secure and HSTS is sent."""
if HTTPS:
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
PROXIES = env_int("ZHOUDAO_PROXIES", 0, 0, 5)
"""Proxies of ours in front, each of which adds the address it was asked from to X-Forwarded-For."""
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "zhoudao.core.look.views.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
IDLE_MINUTES_STAFF = env_int("ZHOUDAO_IDLE_MINUTES_STAFF", 15, 1, 240)
IDLE_MINUTES_PUBLIC = env_int("ZHOUDAO_IDLE_MINUTES_PUBLIC", 30, 1, 240)

ROOMS = [
    "zhoudao.core.wall",
    "zhoudao.core.keys",
    "zhoudao.core.audit",
    "zhoudao.core.outbox",
    "zhoudao.core.files",
    "zhoudao.core.workdays",
    "zhoudao.core.people",
    "zhoudao.core.look",
    "zhoudao.counter.catalog",
    "zhoudao.counter.places",
    "zhoudao.counter.applications",
    "zhoudao.counter.credentials",
    "zhoudao.counter.windows",
    "zhoudao.counter.kiosks",
    "zhoudao.counter.enterprises",
    "zhoudao.desk.cases",
    "zhoudao.desk.evidence",
    "zhoudao.desk.findings",
    "zhoudao.desk.money",
    "zhoudao.desk.trade",
    "zhoudao.operations",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_otp",
    "axes",
    "csp",
    *ROOMS,
]
MIDDLEWARE = [
    "zhoudao.operations.watch.requests.RequestMiddleware",
    "zhoudao.core.wall.middleware.WallMiddleware",
    "zhoudao.core.people.middleware.VisitorAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhoudao.core.people.middleware.ActorMiddleware",
    "zhoudao.core.look.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "zhoudao.urls"
ASGI_APPLICATION = "zhoudao.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "zhoudao.core.look.context.house",
            ],
        },
    }
]
FORM_RENDERER = "zhoudao.core.look.forms.Renderer"

DATABASES = {"default": database(env("DATABASE_URL", f"sqlite:///{VAR / 'zhoudao.sqlite3'}"))}
HALF_DATABASES = {
    half: database(url)
    for half, url in (
        ("counter", env("ZHOUDAO_COUNTER_DATABASE_URL", "")),
        ("desk", env("ZHOUDAO_DESK_DATABASE_URL", "")),
    )
    if url
}
"""The same database on PostgreSQL, entered by each half with a role of its own (`zhoudao wall roles` makes them)."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People -------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["zhoudao.core.people.hashing.PatientArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "people:start"
LOGOUT_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = env_int("ZHOUDAO_LOCKOUT_FAILURES", 5, 3, 20)
AXES_COOLOFF_TIME = env_int("ZHOUDAO_LOCKOUT_MINUTES", 15, 1, 1440) / 60  # hours
AXES_HANDLER = "zhoudao.core.people.lockout.TwoLimits"
AXES_CLIENT_IP_CALLABLE = "zhoudao.core.people.lockout.origin_of"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Inside the province's app ------------------------------------------------------------------------------------------

EMBED_HOSTS = env_origins("ZHOUDAO_EMBED_HOSTS")
"""Origins that may show the map's public pages inside their own."""
HANDOVER_KEYS = env("ZHOUDAO_HANDOVER_KEYS", "")
"""Public keys (PEM, one after another) that the province signs sign-ins with; empty: none are taken over."""
HANDOVER_ISSUER = env("ZHOUDAO_HANDOVER_ISSUER", "")
HANDOVER_AUDIENCE = env("ZHOUDAO_HANDOVER_AUDIENCE", "")
if HANDOVER_KEYS:
    from zhoudao.engines.seals.handover import BadKeys, read_keys

    try:
        read_keys(HANDOVER_KEYS)
    except BadKeys as problem:
        raise ImproperlyConfigured(f"ZHOUDAO_HANDOVER_KEYS: {problem}") from None
    if not HANDOVER_ISSUER or not HANDOVER_AUDIENCE:
        raise ImproperlyConfigured(
            "ZHOUDAO_HANDOVER_KEYS needs ZHOUDAO_HANDOVER_ISSUER and ZHOUDAO_HANDOVER_AUDIENCE beside it"
        )

# Signing in with a provider's word (OpenID Connect) -----------------------------------------------------------------


def provider(issuer: str, client: str, secret: str, claim: str) -> dict[str, str]:
    """What is known of a provider; its issuer is empty where there is none."""
    if issuer and not (client and secret):
        raise ImproperlyConfigured(f"the sign-in provider {issuer!r} needs its client and its secret beside it")
    if issuer and urlsplit(issuer).scheme != "https" and not SAMPLE_CITY:
        raise ImproperlyConfigured(f"the sign-in provider is {issuer!r}; expected an address with https://")
    return {"issuer": issuer.rstrip("/"), "client": client, "secret": secret, "claim": claim}


SIGN_IN_PROVIDERS = {
    "portal": provider(
        env("ZHOUDAO_PORTAL_ISSUER", ""),
        env("ZHOUDAO_PORTAL_CLIENT", ""),
        env("ZHOUDAO_PORTAL_SECRET", ""),
        env("ZHOUDAO_PORTAL_CLAIM", "id_number"),
    ),
    "network": provider(
        env("ZHOUDAO_NETWORK_ISSUER", ""),
        env("ZHOUDAO_NETWORK_CLIENT", ""),
        env("ZHOUDAO_NETWORK_SECRET", ""),
        env("ZHOUDAO_NETWORK_CLAIM", "staff_number"),
    ),
}
"""The province's portal, for residents and enterprises; the police network, for staff."""

# Jobs and notices ---------------------------------------------------------------------------------------------------

NOTICE_ADAPTERS = env_list("ZHOUDAO_NOTICES", "file")
"""Where notices go: console, file, email, sms (several may be named; each notice goes by its own channel)."""
SMS_GATEWAY_URL = env("ZHOUDAO_SMS_URL", "")
SMS_GATEWAY_TOKEN = env("ZHOUDAO_SMS_TOKEN", "")
REGISTERS_URL = env("ZHOUDAO_REGISTERS_URL", "")
"""Where register checks are asked; empty: a person looks everything up."""
REGISTERS_TOKEN = env("ZHOUDAO_REGISTERS_TOKEN", "")
EMAIL_HOST = env("ZHOUDAO_EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("ZHOUDAO_EMAIL_PORT", 25, 1, 65535)
DEFAULT_FROM_EMAIL = env("ZHOUDAO_EMAIL_FROM", "zhoudao@localhost")

# Certificates -------------------------------------------------------------------------------------------------------

CERTIFICATE_ALGORITHM = env("ZHOUDAO_CERTIFICATES", "ES256")
"""What new keys sign certificates with: ES256, which every browser checks, or SM2 with SM3."""
if CERTIFICATE_ALGORITHM not in ("ES256", "SM2"):
    raise ImproperlyConfigured(f"ZHOUDAO_CERTIFICATES is {CERTIFICATE_ALGORITHM!r}; expected ES256 or SM2")

# Files --------------------------------------------------------------------------------------------------------------

FILE_LIMIT_MIB = env_int("ZHOUDAO_FILE_LIMIT_MIB", 20, 1, 4096)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = (min(FILE_LIMIT_MIB, 64) + 1) * 1024 * 1024
"""What people hand in stays in memory until it is sealed; only longer uploads, of the desk, are spooled to a disk."""

# The desk -----------------------------------------------------------------------------------------------------------

VAULTS_DIR = env_path("ZHOUDAO_VAULTS", VAR / "vaults")
"""Each case's files, sealed under the case's own key."""
OPEN_VAULTS_DIR = env_path("ZHOUDAO_OPEN_VAULTS", VAR / "open-vaults")
"""Where a vault is opened while somebody works in its case; best on a RAM disk."""
SITTING_MINUTES = env_int("ZHOUDAO_SITTING_MINUTES", 60, 5, 720)
"""Minutes without a sign of life after which a member has left a case."""
EVIDENCE_LIMIT_MIB = env_int("ZHOUDAO_EVIDENCE_LIMIT_MIB", 2048, 1, 65536)
"""Largest file that is taken as evidence."""
LEDGER_MEMORY_MIB = env_int("ZHOUDAO_LEDGER_MEMORY_MIB", 1024, 128, 65536)
"""Memory that one ledger's questions may take in each web process; more goes to the opened vault's disk."""
LEDGER_THREADS = env_int("ZHOUDAO_LEDGER_THREADS", 2, 1, 64)
FILE_UPLOAD_TEMP_DIR = str(OPEN_VAULTS_DIR)
"""Where a long upload lies while it comes: in the same private place, never in the machine's shared one."""
try:
    OPEN_VAULTS_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
except OSError as error:
    raise ImproperlyConfigured(
        f"ZHOUDAO_OPEN_VAULTS: the folder {OPEN_VAULTS_DIR} can't be made ({error.strerror}); expected one that the "
        "user Zhoudao runs as may make and write to."
    ) from error

# The interface for programs -----------------------------------------------------------------------------------------

API_PER_MINUTE = env_int("ZHOUDAO_API_PER_MINUTE", 600, 0, 1_000_000)
"""Questions a minute that one address may ask of each web process; 0: as many as it likes."""

# Language and time --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # what pages show; the database holds UTC
try:
    clock.parse(env("ZHOUDAO_CLOCK", "real"))
except clock.BadClock as problem:
    raise ImproperlyConfigured(str(problem)) from None

# Assets: all served by us -------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR / "media")},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Watching -----------------------------------------------------------------------------------------------------------

METRICS_TOKEN = env("ZHOUDAO_METRICS_TOKEN", "")
"""Whoever sends it may read /metrics from anywhere; empty: only from this machine itself."""
_backups = env("ZHOUDAO_BACKUPS", "")
BACKUPS_DIR = Path(_backups).expanduser().resolve() if _backups else None
"""Where backups are, so that their age is watched; it makes none."""
LOG_FORMAT = env("ZHOUDAO_LOG", "line")
"""`line` for people, which leaves out requests that went well; `json` for machines, one object a line."""
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"ZHOUDAO_LOG is {LOG_FORMAT!r}; expected line or json")
LOG_DIR = env_path("ZHOUDAO_LOG_DIR", VAR / "logs") if env("ZHOUDAO_LOG_DIR", "") else None
"""A file a day is kept there beside standard error; None: whoever collects standard error keeps it."""
LOG_DAYS = env_int("ZHOUDAO_LOG_DAYS", 200, 184, 3660)
"""Days that a day's file is kept: six months at least (Cybersecurity Law, art. 21, par. 3), so that less is refused."""
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "zhoudao.operations.watch.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        **(
            {
                "days": {
                    "class": "zhoudao.operations.watch.log_files.DailyFiles",
                    "folder": str(LOG_DIR),
                    "formatter": "json",
                }
            }
            if LOG_DIR
            else {}
        ),
    },
    "root": {"handlers": ["stderr", *(["days"] if LOG_DIR else [])], "level": env("ZHOUDAO_LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "ERROR"},
        "zhoudao.requests": {"level": "WARNING" if LOG_FORMAT == "line" else "INFO"},
    },
}
