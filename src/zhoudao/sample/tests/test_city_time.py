"""The sample city's time goes on where it ended, whoever asks: no row of the trail is older than the row before."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM, Permission
from zhoudao.core.audit.actions import act
from zhoudao.sample import city_time

DO = Permission("test.city_time", "do something in a test", ())
AS_OF = city.current().as_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_time(monkeypatch, settings, tmp_path):
    settings.SAMPLE_DIR = tmp_path / "sample"
    for name in ("ZHOUDAO_CLOCK", "ZHOUDAO_CLOCK_ANCHOR"):
        monkeypatch.setenv(name, "forgotten at the end of the test")
        monkeypatch.delenv(name)
    monkeypatch.setattr(clock, "_count", None)


def something_is_done(later: timedelta) -> None:
    with clock.at(AS_OF + later), act(SYSTEM, DO):
        pass


def counted() -> timedelta:
    """How long after the sample's own day a command that begins now would say it is, at the anchor."""
    return city_time.count()[0] - AS_OF


def test_it_begins_on_the_samples_own_day():
    assert counted() == timedelta()


def test_it_goes_on_from_the_last_row_of_the_trail():
    something_is_done(timedelta(hours=3))
    assert counted() == timedelta(hours=3)


def test_an_old_row_does_not_take_it_before_its_own_day():
    something_is_done(timedelta(days=-30))
    assert counted() == timedelta()


def test_a_platform_that_runs_hands_its_time_to_its_processes():
    something_is_done(timedelta(hours=3))
    with city_time.running():
        assert os.environ["ZHOUDAO_CLOCK"] == f"from:{(AS_OF + timedelta(hours=3)).astimezone(clock.UTC).isoformat()}"
        before, after = clock.now(), clock.now()
    assert AS_OF + timedelta(hours=3) <= before <= after


def test_a_command_beside_it_counts_with_it_though_rows_were_written_since():
    with city_time.running():
        told = os.environ["ZHOUDAO_CLOCK_ANCHOR"]
        something_is_done(timedelta(hours=1))
        start, anchor = city_time.count()
        assert (start, str(anchor.timestamp())) == (AS_OF, told)
    assert counted() == timedelta(hours=1), "it has ended, and left nothing that counts"


def test_a_second_platform_on_the_same_data_counts_with_the_first():
    with city_time.running():
        told = (os.environ.pop("ZHOUDAO_CLOCK"), os.environ.pop("ZHOUDAO_CLOCK_ANCHOR"))
        something_is_done(timedelta(hours=1))
        with city_time.running():
            assert (os.environ["ZHOUDAO_CLOCK"], os.environ["ZHOUDAO_CLOCK_ANCHOR"]) == told


def test_a_clock_that_is_set_stays(monkeypatch):
    monkeypatch.setenv("ZHOUDAO_CLOCK", "fixed:2030-01-01T00:00:00+08:00")
    with city_time.running():
        assert os.environ["ZHOUDAO_CLOCK"].startswith("fixed:2030")
    assert not city_time._path().exists()


def test_it_is_asked_once_and_only_where_no_clock_is_set(monkeypatch):
    asked = []
    clock.count_from(lambda: asked.append("asked") or (AS_OF, clock.machine_now()))
    assert AS_OF <= clock.now() <= clock.now()
    monkeypatch.setenv("ZHOUDAO_CLOCK", "fixed:2030-01-01T00:00:00+08:00")
    assert clock.local(clock.now()).year == 2030
    assert asked == ["asked"]
