"""The kiosks' health in ``/metrics``: as Prometheus reads it, from what the kiosks said."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.counter.kiosks import actions
from zhoudao.counter.kiosks.fleet.house import set_up
from zhoudao.counter.kiosks.machine.device import Device
from zhoudao.counter.kiosks.machine.journal import Journal
from zhoudao.counter.kiosks.rules import SILENT_AFTER

pytestmark = pytest.mark.django_db
WELL, WATCH, BAD = 0, 1, 2


@pytest.fixture
def kiosks(tmp_path) -> list[Device]:
    """Three that were heard a moment ago."""
    made = [
        Device(
            code,
            Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)),
            Journal(tmp_path / code, b"of this test alone"),
            _machine,
        )
        for code, secret in set_up(3)["kiosks"]
    ]
    for each in made:
        each.beat(_send)
    return made


def test_all_well(kiosks):
    assert numbers() == {"enrolled": 3, "locked": 0, "silent": 0, "needing": 0, "waiting": 0, "level": WELL}


def test_one_without_paper(kiosks):
    kiosks[0].beat(_send, paper=3)
    assert numbers() == {"enrolled": 3, "locked": 0, "silent": 0, "needing": 1, "waiting": 0, "level": WATCH}
    kiosks[0].beat(_send, paper=100)
    assert numbers()["level"] == WELL


def test_one_out_of_service(kiosks):
    actions.lock(SYSTEM, kiosks[1].code, "样例")
    assert numbers()["locked"] == 1


def test_one_silent_and_then_all(kiosks):
    with clock.at(clock.now() + SILENT_AFTER + timedelta(seconds=1)):
        for each in kiosks[1:]:
            each.beat(_send)
        found = numbers()
        assert (found["silent"], found["level"]) == (1, WATCH)
    with clock.at(clock.now() + 3 * SILENT_AFTER):
        found = numbers()
        assert (found["silent"], found["level"]) == (3, BAD)


def numbers() -> dict[str, float]:
    """The kiosks' gauges and the level of their sign."""
    text = Client().get("/metrics").content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    prefix = "zhoudao_kiosks_"
    gauges = {each.name.removeprefix(prefix): each.value for each in samples if each.name.startswith(prefix)}
    [level] = [each.value for each in samples if each.labels.get("sign") == "kiosks.fleet"]
    return {**gauges, "level": level}


def _machine() -> float:
    return clock.machine_now().timestamp()


def _send(method, path, body, headers):
    named = {name: value for name, value in headers.items() if name != "Content-Type"}
    answer = Client().post(path, body, content_type="application/json", headers=named)
    return answer.status_code, answer.json()
