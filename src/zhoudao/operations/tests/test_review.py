"""Settings that are only good for trying the platform out keep a real city from starting."""

from dataclasses import replace

import pytest

from zhoudao.core.access import Actor, Forbidden, Role
from zhoudao.core.signs import Level
from zhoudao.operations import queries, review
from zhoudao.operations.review import Facts

FIT = Facts(
    debug=False,
    https=True,
    hosts=("service.example.cn",),
    secret_keys=("",),
    secret_given=False,
    vendor="postgresql",
    sample_was_loaded=False,
    heads_beside_data=False,
    keys_beside_backups=False,
    backups=True,
    clock="real",
    notices=("sms",),
)
GOOD_SECRET = "".join(chr(33 + number * 7 % 90) for number in range(60))


def test_a_fit_installation_has_nothing_to_say():
    assert review.review(FIT) == []


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"debug": True}, "ZHOUDAO_DEBUG"),
        ({"https": False}, "ZHOUDAO_HTTPS"),
        ({"hosts": ("*",)}, "ZHOUDAO_HOSTS"),
        ({"hosts": ("127.0.0.1", "localhost")}, "ZHOUDAO_HOSTS"),
        ({"secret_given": True, "secret_keys": ("short",)}, "SECRET_KEY"),
        ({"secret_given": True, "secret_keys": ("django-insecure-" + "aB3$xY7!kL9@" * 5,)}, "SECRET_KEY"),
        ({"secret_given": True, "secret_keys": (GOOD_SECRET, "ab" * 40)}, "SECRET_KEY"),
        ({"sample_was_loaded": True}, "DATABASE_URL"),
        ({"clock": "from:2026-11-24T09:00:00+08:00"}, "ZHOUDAO_CLOCK"),
        ({"keys_beside_backups": True}, "ZHOUDAO_KEYS"),
    ],
)
def test_settings_that_are_refused(change, setting):
    found = review.review(replace(FIT, **change))
    assert [(finding.setting, finding.level) for finding in found] == [(setting, Level.BAD)]


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"vendor": "sqlite"}, "DATABASE_URL"),
        ({"heads_beside_data": True}, "ZHOUDAO_AUDIT_HEADS"),
        ({"backups": False}, "ZHOUDAO_BACKUPS"),
        ({"notices": ("file",)}, "ZHOUDAO_NOTICES"),
    ],
)
def test_what_is_worth_a_thought(change, setting):
    found = review.review(replace(FIT, **change))
    assert [(finding.setting, finding.level) for finding in found] == [(setting, Level.WATCH)]


def test_a_secret_of_ones_own_is_taken():
    assert review.review(replace(FIT, secret_given=True, secret_keys=(GOOD_SECRET,))) == []


@pytest.mark.django_db
def test_a_sample_city_may_be_tried_with_anything(settings):
    settings.SAMPLE_CITY = True
    assert review.refused() == []
    settings.SAMPLE_CITY = False
    assert "ZHOUDAO_HTTPS" in {finding.setting for finding in review.refused()}


def test_secrets_are_never_shown(monkeypatch):
    for name in ("ZHOUDAO_KEYS_JSON", "SECRET_KEY", "ZHOUDAO_SMS_TOKEN", "ZHOUDAO_METRICS_TOKEN"):
        monkeypatch.setenv(name, "top-hidden")
    monkeypatch.setenv("DATABASE_URL", "postgres://zhoudao:top-hidden@db:5432/zhoudao")
    monkeypatch.setenv("ZHOUDAO_HTTPS", "true")
    shown = dict(review.given())
    assert not [name for name, value in shown.items() if "top-hidden" in value]
    assert shown["DATABASE_URL"] == f"postgres://zhoudao:{review.MASK}@db:5432/zhoudao"
    assert shown["ZHOUDAO_HTTPS"] == "true"


@pytest.mark.django_db
def test_only_the_administrator_sees_them():
    assert queries.settings_in_use(Actor("user:1", Role.ADMINISTRATOR)).findings
    for role in set(Role) - {Role.ADMINISTRATOR, Role.SYSTEM}:
        with pytest.raises(Forbidden):
            queries.settings_in_use(Actor("user:1", role))
