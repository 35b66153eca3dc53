"""One visit at a time: touched, timed, wiped; and a line that comes and goes."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhoudao.counter.kiosks.machine.bridge import Folder, bridge_of
from zhoudao.counter.kiosks.machine.device import APPLICATIONS, HEARTBEAT, ITEMS, Lost
from zhoudao.counter.kiosks.machine.home import Home
from zhoudao.counter.kiosks.machine.line import is_safe
from zhoudao.counter.kiosks.machine.screen import visit as visits
from zhoudao.counter.kiosks.machine.screen.desk import LATE, Desk
from zhoudao.counter.kiosks.machine.screen.visit import Area, Step
from zhoudao.counter.kiosks.machine.service import BEAT, LONGEST_LOSS, MOST_HELD, Closed, Service
from zhoudao.counter.kiosks.tests.test_visit import CARD, CERTIFICATE, OFFER, TODAY

PHONE = "12800990001"


class Line:
    """A platform that answers, or doesn't."""

    def __init__(self) -> None:
        self.up, self.locked, self.taken = True, False, dict[str, dict]()
        self.refuses = ""

    def __call__(self, method, path, body, headers):
        if not self.up:
            raise Lost
        said = json.loads(body)
        if path == HEARTBEAT:
            return 200, {"locked": self.locked, "reason": "钱箱满了", "now": 0}
        if path == ITEMS:
            listed = [{"item": item.model_dump(mode="json"), "version": version} for item, version in OFFER]
            return 200, {"tag": "t", "items": listed}
        assert path == APPLICATIONS
        if self.refuses:
            return 404, {"error": self.refuses}
        self.taken.setdefault(said["key"], said)
        number = f"A20261124-{len(self.taken):05}"
        return 200, {"number": number, "due_at": "2026-11-24T17:00:00+08:00", "new": True}


class Ticks:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def hardware(tmp_path) -> Folder:
    return Folder(tmp_path / "hardware")


@pytest.fixture
def desk(tmp_path, line, ticks, hardware) -> Desk:
    home = Home(tmp_path / "home")
    home.settle("http://127.0.0.1:1", "K1", "P900", Ed25519PrivateKey.generate())
    service = Service(home, hardware, line, ticks=ticks)
    service.step()
    return Desk(service, 60, 20, ticks, lambda visit: [visit.outcome.number if visit.outcome else visit.reference])


def lay(hardware: Folder) -> None:
    held = {"kind": CARD.kind, "number": CARD.number, "name": CARD.name}
    (hardware.folder / "card.json").write_text(json.dumps(held), encoding="utf-8")


def to_the_check(desk: Desk, hardware: Folder) -> str:
    """Everything but handing in; the visit's id."""
    uid = desk.look()[0].uid
    desk.touch(uid, lambda visit: visits.choose_area(visit, Area.HOUSEHOLD))
    desk.touch(uid, lambda visit: visits.choose_item(visit, CERTIFICATE.code, desk.service.offer))
    desk.touch(uid, visits.begin)
    lay(hardware)
    for said in ("moved", "2019年迁入", PHONE):
        desk.touch(uid, lambda visit, said=said: visits.answer(visit, said, TODAY))
    assert desk.look()[0].step is Step.CHECK
    return uid


def printed(hardware: Folder) -> list[str]:
    return [file.read_text(encoding="utf-8").strip() for file in sorted((hardware.folder / "printed").iterdir())]


def test_pressed_twice_it_is_one_application_with_one_slip(desk, hardware, line):
    uid = to_the_check(desk, hardware)
    desk.hand_in(uid)
    desk.hand_in(uid)
    desk.service.step()
    assert desk.look()[0].outcome.number == "A20261124-00001"
    desk.look()
    assert len(line.taken) == 1
    assert printed(hardware) == ["A20261124-00001"]


def test_nobody_touches_and_everything_is_wiped(desk, hardware, ticks):
    uid = to_the_check(desk, hardware)
    ticks.now += 59
    assert desk.look()[0].card is not None
    desk.touch(uid, lambda visit: visit)
    ticks.now += 59
    assert desk.look()[0].card is not None, "somebody was still there"
    ticks.now += 2
    fresh = desk.look()[0]
    assert (fresh.step, fresh.card, fresh.answers) == (Step.HOME, None, {})
    assert fresh.uid != uid
    assert hardware.card() is None, "the card is given back"
    desk.hand_in(uid)
    desk.touch(uid, lambda visit: visits.choose_area(visit, Area.TRAFFIC))
    assert desk.look()[0] == fresh, "a page of before counts for nothing"


def test_without_network_it_is_kept_and_handed_in_once_when_it_is_back(desk, hardware, line, ticks):
    uid = to_the_check(desk, hardware)
    line.up = False
    desk.hand_in(uid)
    desk.service.step()
    assert desk.look()[0].step is Step.SENDING
    ticks.now += LATE + 1
    visit = desk.look()[0]
    assert visit.held
    assert printed(hardware) == [visit.reference]
    line.up = True
    ticks.now += BEAT
    desk.service.step()
    assert len(line.taken) == 1
    assert desk.look()[0].outcome.number == "A20261124-00001"
    assert len(printed(hardware)) == 2
    assert desk.service.device.journal.find(visit.reference) == visit.key


def test_the_process_ends_in_the_middle_and_the_next_one_hands_in(desk, hardware, line, ticks):
    uid = to_the_check(desk, hardware)
    line.up = False
    desk.hand_in(uid)
    line.up = True
    again = Service(desk.service.home, hardware, line, ticks=ticks)
    assert again.offer, "what was offered is on its disk"
    again.step()
    assert [each["item"] for each in line.taken.values()] == [CERTIFICATE.code]
    assert again.device.journal.waiting == []


def test_a_refusal_is_told_and_nothing_is_printed(desk, hardware, line):
    uid = to_the_check(desk, hardware)
    line.refuses = "resident"
    desk.hand_in(uid)
    desk.service.step()
    assert desk.look()[0].outcome.refused == "resident"
    assert printed(hardware) == []


def test_without_paper_the_screen_is_the_slip(desk, hardware):
    (hardware.folder / "health.json").write_text('{"paper": 0}')
    uid = to_the_check(desk, hardware)
    desk.hand_in(uid)
    desk.service.step()
    assert desk.look()[0].printed is False


def test_a_locked_kiosk_ends_the_visit_but_not_of_who_waits_for_an_answer(desk, hardware, line, ticks):
    uid = to_the_check(desk, hardware)
    line.locked = True
    ticks.now += BEAT
    desk.touch(uid, lambda visit: visit)
    desk.service.step()
    assert desk.look()[1] is Closed.LOCKED
    assert desk.look()[0].card is None
    line.locked = False
    ticks.now += BEAT
    desk.service.step()
    uid = to_the_check(desk, hardware)
    desk.hand_in(uid)
    line.locked = True
    ticks.now += BEAT
    desk.service.step()
    assert desk.look()[0].outcome.number


def test_why_it_takes_nothing(desk, hardware, line, ticks):
    (hardware.folder / "health.json").write_text('{"faults": ["reader"]}')
    assert desk.look()[1] is Closed.READER
    (hardware.folder / "health.json").unlink()
    line.up = False
    ticks.now += LONGEST_LOSS / 2
    desk.service.step()
    assert desk.look()[1] is None, "a short loss stops nobody"
    ticks.now += LONGEST_LOSS
    desk.service.step()
    assert desk.look()[1] is Closed.NETWORK
    line.up = True
    ticks.now += BEAT
    desk.service.step()
    assert desk.look()[1] is None
    for number in range(MOST_HELD):
        desk.service.device.journal.write({"item": str(number)})
    assert desk.look()[1] is Closed.NETWORK


def test_a_new_kiosk_waits_until_it_heard_what_it_may_offer(tmp_path, line, ticks, hardware):
    home = Home(tmp_path / "new")
    home.settle("http://127.0.0.1:1", "K2", "P900", Ed25519PrivateKey.generate())
    line.up = False
    service = Service(home, hardware, line, ticks=ticks)
    service.step()
    assert service.closed() is Closed.STARTING


def test_cards_are_sent_by_https_or_to_this_machine():
    assert is_safe("https://zhoudao.example.gov.cn")
    assert is_safe("http://127.0.0.1:8000")
    for bad in ("http://zhoudao.example.gov.cn", "file:///etc/passwd", "https://host/path", "nothing"):
        assert not is_safe(bad)


def test_a_bridge_is_named_or_said_to_be_none(tmp_path):
    assert isinstance(bridge_of("", tmp_path), Folder)
    with pytest.raises(ValueError, match=r"expected package\.module:Class"):
        bridge_of("no.such.module:Thing", tmp_path)


def test_a_kiosk_s_secrets_are_its_own_and_a_new_key_keeps_the_journal_readable(tmp_path):
    home = Home(tmp_path / "home")
    home.settle("https://a.example", "K1", "P900", Ed25519PrivateKey.generate())
    key = home.switch_on().journal.write({"item": "x"})
    home.settle("https://a.example", "K1", "P900", Ed25519PrivateKey.generate())
    assert home.switch_on().journal.body(key) == {"item": "x"}
    assert (tmp_path / "home" / "identity.json").stat().st_mode & 0o077 == 0
