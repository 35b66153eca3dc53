"""Kiosks: enrolled once, recognised by what they sign, heard, locked, and never an application twice."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.urls import reverse

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM, VISITOR, Actor, Forbidden, Role
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.people.models import User
from zhoudao.counter.applications.models import Application
from zhoudao.counter.kiosks import actions, queries
from zhoudao.counter.kiosks.fleet.house import set_up
from zhoudao.counter.kiosks.machine.device import (
    APPLICATIONS,
    HEARTBEAT,
    Device,
    Lost,
    public_hex,
)
from zhoudao.counter.kiosks.machine.journal import Journal, Outcome
from zhoudao.counter.kiosks.models import Kiosk, SeenNonce
from zhoudao.counter.kiosks.rules import SILENT_AFTER, BadRequest, health_of, needs, news
from zhoudao.counter.kiosks.signs import fleet as fleet_sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(settings):
    """A place with two enrolled kiosks, made as for a fleet."""
    return set_up(2)


@pytest.fixture
def keeper(house) -> Actor:
    district = city.current().districts[0].code
    user = User.objects.create(
        username="keeper", staff_number="140001", role=Role.KIOSK_KEEPER.value, districts=[district]
    )
    return user.as_actor("127.0.0.1")


@pytest.fixture
def device(house, tmp_path) -> Device:
    code, secret = house["kiosks"][0]
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    return Device(code, key, Journal(tmp_path, bytes(32)), lambda: clock.machine_now().timestamp())


@pytest.fixture
def send(client: Client):
    def through(method, path, body, headers):
        named = {name: value for name, value in headers.items() if name != "Content-Type"}
        answer = client.post(path, body, content_type="application/json", headers=named)
        return answer.status_code, answer.json()

    return through


def wish(house, person: int = 0) -> dict:
    return {
        "item": "household-certificate",
        "card": {"kind": "resident_id", "number": house["cards"][person]["number"]},
        "answers": {"about": "moved", "details": "两次迁移", "phone": "12800990001"},
        "papers": ["id-card"],
    }


# Enrolling -------------------------------------------------------------------------------


def test_a_code_enrols_one_kiosk_once_within_a_day(keeper, client: Client):
    secret = actions.prepare(keeper, "P900", "K9")
    key = public_hex(Ed25519PrivateKey.generate())
    path = reverse("kiosks:enrol")

    def enrol(code, public):
        body = json.dumps({"code": code, "public_key": public})
        return client.post(path, body, content_type="application/json")

    assert enrol(secret, "ff").status_code == 401
    assert enrol(secret, key).json() == {"kiosk": "K9", "point": "P900"}
    assert enrol(secret, key).status_code == 401, "it was good once"
    late = actions.prepare(keeper, "P900", "K9")
    Kiosk.objects.update(enrol_until=clock.machine_now() - timedelta(seconds=1))
    assert enrol(late, key).status_code == 401
    assert Kiosk.objects.get(code="K9").public_key == "", "prepared anew, the old key is no good"


def test_only_keepers_of_the_district_prepare_and_lock(keeper, house):
    stranger = Actor("user:9", Role.KIOSK_KEEPER, frozenset({"elsewhere"}))
    for who in (stranger, VISITOR):
        with pytest.raises(Forbidden):
            actions.prepare(who, "P900", "K0000")
        with pytest.raises(Forbidden):
            actions.lock(who, "K0000", "x")
    assert [each.code for each in queries.fleet(keeper).kiosks] == ["K0000", "K0001"]
    assert queries.fleet(stranger).kiosks == []


# Signing ---------------------------------------------------------------------------------


def test_a_request_counts_once_and_only_as_it_was_signed(device, house, send):
    body = json.dumps({"version": "1.0", "paper": 80, "faults": []}).encode()
    headers = device.signed("POST", HEARTBEAT, body)
    assert send("POST", HEARTBEAT, body, headers)[0] == 200
    assert send("POST", HEARTBEAT, body, headers)[1]["error"] == "replay"
    fresh = device.signed("POST", HEARTBEAT, body)
    assert send("POST", HEARTBEAT, body + b" ", fresh)[1]["error"] == "signature"
    assert send("POST", APPLICATIONS, body, fresh)[1]["error"] == "signature", "of another path"
    assert send("POST", HEARTBEAT, body, {**fresh, "X-Kiosk": "K0001"})[1]["error"] == "signature"
    assert send("POST", HEARTBEAT, body, {**fresh, "X-Kiosk": "K404"})[1]["error"] == "key"
    assert send("POST", HEARTBEAT, body, {})[1]["error"] == "signature"
    assert send("POST", HEARTBEAT, body, fresh)[0] == 200, "nothing of that used its nonce up"


@pytest.mark.parametrize(("off", "taken"), [(-290, True), (290, True), (-310, False), (310, False)])
def test_a_clock_may_be_five_minutes_off(device, send, off, taken):
    right = device.wall
    device.wall = lambda: right() + off
    body = json.dumps({"version": "1.0", "paper": 80}).encode()
    status, said = send("POST", HEARTBEAT, body, device.signed("POST", HEARTBEAT, body))
    assert (status == 200) == taken
    assert taken or said["error"] == "clock"
    device.beat(send)  # told the time, it puts its clock right
    assert taken or abs(device.correction + off) < 5


def test_nonces_are_forgotten_when_the_time_refuses_them_anyway(device, send):
    device.beat(send)
    assert SeenNonce.objects.count() == 1
    SeenNonce.objects.update(at=clock.machine_now() - timedelta(minutes=11))
    actions.watch(SYSTEM)
    assert SeenNonce.objects.count() == 0
    with pytest.raises(Forbidden):
        actions.watch(VISITOR)


# Health ----------------------------------------------------------------------------------


def test_what_a_heartbeat_says_is_read_strictly():
    health = health_of({"version": "1.2", "paper": 5, "faults": ["camera"]})
    assert needs(health) == ["camera", "paper"]
    assert news(["paper"], needs(health)) == ["camera"]
    silent = {"version": "1", "paper": 5, "faults": ["silent"]}
    for bad in ([], {"version": "", "paper": 5}, {"version": "1", "paper": 101}, silent):
        with pytest.raises(ValueError, match="expected"):
            health_of(bad)


def test_keepers_are_told_of_what_is_new_once(device, keeper, send):
    for _ in range(3):
        device.beat(send, paper=4, faults=["reader"])
    assert OutboxMessage.objects.filter(name="kiosks/needs").count() == 1
    device.beat(send, paper=100)
    assert Kiosk.objects.get(code=device.code).needs == []
    device.beat(send, paper=4)
    assert OutboxMessage.objects.filter(name="kiosks/needs").count() == 2


def test_a_kiosk_that_falls_silent_is_noticed_once_and_shown(device, keeper, send):
    device.beat(send)
    with clock.at(clock.now() + SILENT_AFTER + timedelta(seconds=1)):
        assert actions.watch(SYSTEM) == [device.code]
        assert actions.watch(SYSTEM) == []
        assert fleet_sign().numbers["zhoudao_kiosks_silent"] == 1
    assert OutboxMessage.objects.filter(name="kiosks/needs").count() == 1
    device.beat(send)
    assert fleet_sign().numbers["zhoudao_kiosks_needing"] == 0


# Applications ----------------------------------------------------------------------------


def test_an_application_is_one_however_often_it_comes(device, house, send):
    key = device.journal.write(wish(house))

    def answer_lost(*request):
        send(*request)
        raise Lost

    for _ in range(3):
        assert device.deliver(answer_lost) == 0
    assert Application.objects.count() == 1
    assert device.deliver(send) == 1
    application = Application.objects.get()
    assert device.journal.outcome(key).number == application.number
    assert device.journal.waiting == []
    assert (application.channel, application.point, application.submitted_by) == ("kiosk", "P900", None)


def test_two_people_are_two_applications(device, house, send):
    for person in range(2):
        device.journal.write(wish(house, person))
    assert device.deliver(send) == 2
    assert Application.objects.count() == 2


def test_what_cannot_be_used_is_refused_in_words_a_device_reads(device, house, send):
    good = wish(house)
    for change, error in (
        ({"card": {"kind": "resident_id", "number": "1"}}, "refused"),
        ({"card": {"kind": "passport", "number": "UTO123456"}}, "resident"),
        ({"item": "no-such-item"}, "item"),
        ({"item": "kinship-proof"}, "item"),
        ({"version": 99}, "item"),
        ({"answers": {}}, "incomplete"),
        ({"papers": []}, "incomplete"),
        ({"answers": 4}, "refused"),
        ({"version": "1"}, "refused"),
    ):
        _, said = device.post(send, APPLICATIONS, {**good, **change, "key": "a" * 12})
        assert said["error"] == error, change
    assert Application.objects.count() == 0


def test_only_a_device_hands_in_at_a_kiosk(house):
    from zhoudao.counter.applications.rules import APPLY_AT_KIOSK

    assert APPLY_AT_KIOSK.holders == {Role.DEVICE}
    kiosk = Kiosk.objects.get(code="K0000")
    filing = actions.Filing("k" * 12, "household-certificate", "resident_id", house["cards"][0]["number"], {})
    with pytest.raises(Forbidden):
        actions.apply(VISITOR, kiosk, filing)
    with pytest.raises(BadRequest):
        actions.enrol(VISITOR, "", "00" * 32)


def test_a_locked_kiosk_takes_nothing_and_hears_so(device, house, keeper, send):
    actions.lock(keeper, device.code, "钱箱满了")
    device.beat(send)
    assert device.locked
    device.journal.write(wish(house))
    assert device.deliver(send) == 0
    assert len(device.journal.waiting) == 1, "kept until it is unlocked"
    actions.unlock(keeper, device.code)
    device.beat(send)
    assert not device.locked
    assert device.deliver(send) == 1


# What is offered there --------------------------------------------------------------------


def test_a_kiosk_hears_what_its_place_can_take_and_only_what_changed(device, send):
    found = device.items(send, "")
    offered = {each["item"]["code"] for each in found["items"]}
    assert "household-certificate" in offered
    assert "kinship-proof" not in offered, "windows and phones only"
    assert {each["item"]["category"] for each in found["items"]} == {"household"}, "its machine does no more"
    assert device.items(send, found["tag"]) is None
    Kiosk.objects.get(code=device.code).point.__class__.objects.update(services=["kiosk-traffic"])
    other = device.items(send, found["tag"])
    assert offered.isdisjoint(each["item"]["code"] for each in other["items"])


def test_an_item_of_another_way_or_machine_is_refused_for_good(device, house, send):
    for item in ("kinship-proof", "driver-licence-replacement"):
        key = device.journal.write({**wish(house), "item": item})
        assert device.deliver(send) == 1
        assert device.journal.outcome(key) == Outcome(refused="item")
    assert Application.objects.count() == 0
    assert device.journal.waiting == [], "nothing of the card stays"


def test_an_answer_that_was_lost_is_told_though_the_kiosk_was_locked_since(device, house, keeper, send):
    device.journal.write(wish(house))

    def answer_lost(*request):
        send(*request)
        raise Lost

    device.deliver(answer_lost)
    actions.lock(keeper, device.code, "钱箱满了")
    assert device.deliver(send) == 1
    assert Application.objects.count() == 1


def test_what_a_kiosk_holds_is_said_and_counted(device, house, send):
    device.journal.write(wish(house))
    device.beat(send)
    assert fleet_sign().numbers["zhoudao_kiosks_waiting"] == 1
    device.deliver(send)
    device.beat(send)
    assert fleet_sign().numbers["zhoudao_kiosks_waiting"] == 0


def test_a_kiosk_that_was_prepared_anew_learns_that_it_is_unknown(device, house, keeper, send):
    device.journal.write(wish(house))
    actions.prepare(keeper, "P900", device.code)
    assert device.beat(send) is False
    assert device.unknown
    assert device.deliver(send) == 0
    assert len(device.journal.waiting) == 1, "kept until it is enrolled again"
