"""Django's settings for the touch screen alone: templates and words of the house, no database, accounts or cookies."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

PACKAGE = Path(__file__).resolve().parents[4]
CHECKOUT = PACKAGE.parents[1]
ROOMS = [PACKAGE / "core" / "look", PACKAGE / "counter" / "catalog", PACKAGE / "counter" / "kiosks"]
"""Whose templates, words and assets it uses; where two say the same, the first."""

CITY_PACK = Path(os.environ.get("ZHOUDAO_CITY", CHECKOUT / "cities" / "zhoushan")).expanduser().resolve()
SECRET_KEY = secrets.token_urlsafe(48)  # nothing it signs outlives the process
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
"""A name that somebody points at this machine is none of them."""
INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "zhoudao.counter.kiosks.machine.screen.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [room / "templates" for room in ROOMS],
        "OPTIONS": {"libraries": {"look": "zhoudao.core.look.templatetags.look"}},
    }
]
DATABASES: dict[str, dict[str, object]] = {}
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [room / "locale" for room in ROOMS]
STATIC_URL = "/static/"
STATICFILES_DIRS = [room / "static" for room in ROOMS if (room / "static").exists()]
WHITENOISE_USE_FINDERS = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
