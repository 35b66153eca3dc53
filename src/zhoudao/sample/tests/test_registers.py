"""Register checks against the sample's own register service, in a process of its own, behaving well and badly."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import date

import pytest

from zhoudao.core.city.tests.here import DISTRICT
from zhoudao.counter.applications.registers import Patience, Question, Register, Verdict, ask
from zhoudao.sample import tables
from zhoudao.sample.people.residents import FILE, Resident

TOKEN = "a token of this test"
NUMBER = "339999199003074512"
HURRIED = Patience(seconds=0.4, tries=2, pause=0.01)
ALICE = Resident(
    "R1", "migrant", "阿丽·买买提", "ALI MAMAT", "resident_id", NUMBER, date(1990, 3, 7), "female",
    "12000000001", DISTRICT, "S1", "H1", date(2025, 1, 3),
)  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The service as an operator starts it; its port is its own."""
    folder = tmp_path_factory.mktemp("residents")
    tables.write_all(folder / FILE, Resident, [ALICE])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "zhoudao", "sample", "registers", str(folder), "--port", str(port)],
        env={**os.environ, "ZHOUDAO_REGISTERS_TOKEN": TOKEN},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert "1 people at" in process.stderr.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


@pytest.fixture
def registers(service, settings):
    settings.REGISTERS_URL, settings.REGISTERS_TOKEN = service, TOKEN
    behave(service, "ok")
    return service


def behave(service: str, mode: str) -> None:
    request = urllib.request.Request(
        f"{service}/behave",
        data=json.dumps({"mode": mode}).encode(),
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    for _ in range(50):  # the server says its address a moment before it accepts
        try:
            with urllib.request.urlopen(request, timeout=5):
                return
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise AssertionError("the service does not answer")


def population(name: str = ALICE.name_zh, number: str = NUMBER) -> Question:
    return Question(Register.POPULATION, {"name": name, "identity_number": number})


def test_a_register_says_what_it_holds(registers):
    assert ask(population()).verdict is Verdict.MATCHES
    assert ask(population(name="ALI MAMAT")).verdict is Verdict.MATCHES
    differing = ask(population(name="别人"))
    assert (differing.verdict, differing.differs) == (Verdict.DIFFERS, ("name",))
    assert ask(population(number="339999199003074520")).verdict is Verdict.UNKNOWN
    residence = ask(Question(Register.RESIDENCE, {"identity_number": NUMBER}))
    assert dict(residence.facts) == {"since": "2025-01-03", "district": DISTRICT}


def test_the_home_province_has_signed_some_receipts_off_and_not_others(registers):
    def sign_off(receipt):
        return ask(Question(Register.HOME_PROVINCE, {"identity_number": NUMBER, "receipt": receipt})).verdict

    assert sign_off("A0002") is Verdict.MATCHES
    assert sign_off("A0001") is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("slow", "the register does not answer in time"),
        ("down", "the register answers 503"),
        ("contradictory", "the answer contradicts itself"),
    ],
)
def test_a_register_that_misbehaves_leaves_it_to_a_person(registers, mode, why):
    behave(registers, mode)
    answer = ask(population(), HURRIED)
    assert (answer.verdict, answer.why) == (Verdict.UNANSWERED, why)
    behave(registers, "ok")
    assert ask(population()).verdict is Verdict.MATCHES


def test_a_wrong_token_is_not_tried_again(registers, settings):
    settings.REGISTERS_TOKEN = "another"
    answer = ask(population(), Patience(tries=9, pause=60))
    assert answer.why == "the register answers 401"


def test_without_a_register_a_person_is_asked_at_once(settings):
    settings.REGISTERS_URL = ""
    assert ask(population(), HURRIED).why == "no register is connected"
    settings.REGISTERS_URL = "http://127.0.0.1:9"
    assert ask(population(), HURRIED).why == "the register can't be reached"
