"""What holders, verifiers and officers see; and that nobody sees another's."""

import json
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Role
from zhoudao.core.city.tests.here import DISTRICT, OTHER_DISTRICT
from zhoudao.core.look.tests.rare_font import RARE, with_rare_character
from zhoudao.core.people import sessions
from zhoudao.counter.credentials import actions
from zhoudao.counter.credentials.models import Credential
from zhoudao.counter.credentials.tests.conftest import CARD, LICENCE
from zhoudao.engines.seals import keyset, sd_jwt
from zhoudao.engines.seals.signing import Algorithm, generate

pytestmark = pytest.mark.django_db


@pytest.fixture
def carols(carol) -> Client:
    client = Client()
    client.force_login(carol.user)
    session = client.session
    session[sessions.LAST_SEEN] = int(clock.machine_now().timestamp())
    session.save()
    return client


def test_the_holder_sees_the_code_and_a_masked_name(carols, permit):
    credential = permit()
    page = carols.get(reverse("credentials:shown", args=[credential.number])).content.decode()
    assert '<svg class="qr"' in page or 'class="qr"' in page
    assert ">张*三</p>" in page
    assert "有效" in page
    assert credential.text.replace("&", "&amp;") in page
    assert credential.number in carols.get(reverse("credentials:mine")).content.decode()


def test_a_card_shows_its_serial_and_no_code(carols, permit):
    card = permit("A3", CARD, serial="L12345678")
    page = carols.get(reverse("credentials:shown", args=[card.number])).content.decode()
    assert "L12345678" in page
    assert 'class="qr"' not in page
    assert carols.get(reverse("credentials:pdf", args=[card.number])).status_code == 404


def test_somebody_elses_is_not_there(permit, staff, carols):
    from zhoudao.core.people import actions as people
    from zhoudao.core.people.tests.cast import PASSWORD, identity_number

    number = permit().number
    people.register_resident(
        SYSTEM, name="李四", document_kind="resident_id", document_number=identity_number(2)
    )
    row = {"username": "dave", "role": "resident", "display_name": "李四", "password": PASSWORD}
    assert people.import_staff(SYSTEM, [(2, row | {"document_number": identity_number(2)})]).refused == []
    from zhoudao.core.people.models import User

    client = Client()
    client.force_login(User.objects.get(username="dave"))
    session = client.session
    session[sessions.LAST_SEEN] = int(clock.machine_now().timestamp())
    session.save()
    for name in ("shown", "pdf"):
        assert client.get(reverse(f"credentials:{name}", args=[number])).status_code == 404
    assert (
        client.post(reverse("credentials:wallet", args=[number]), "{}", "application/json").status_code == 404
    )
    assert number not in client.get(reverse("credentials:mine")).content.decode()


def test_the_paper_says_it_all(carols, permit):
    credential = permit("A1", LICENCE, facts={"address": "普陀区示例路1号"})
    answer = carols.get(reverse("credentials:pdf", args=[credential.number]))
    text = "".join(PdfReader(BytesIO(answer.content)).pages[0].extract_text().split())
    for said in ("保安服务许可证", "张小三", credential.number, "普陀区示例路1号", "2031年11月23日"):
        assert said in text


def test_a_rare_character_is_set_in_a_font_that_has_it_or_printed_as_its_code(carols, permit, settings, tmp_path):
    def printed() -> str:
        answer = carols.get(reverse("credentials:pdf", args=[credential.number]))
        return "".join(PdfReader(BytesIO(answer.content)).pages[0].extract_text().split())

    credential = permit("A1", LICENCE, facts={"address": f"䶮{RARE}路1号"})
    settings.FONTS_DIR = tmp_path
    assert "䶮〔U+20BB7〕路1号" in printed()
    (tmp_path / "more.ttf").write_bytes(with_rare_character())
    assert f"䶮{RARE}路1号" in printed()


def test_the_key_set_is_public_and_usable(permit, client):
    permit()
    actions.publish_list(SYSTEM)
    answer = client.get(reverse("credentials:key_set"))
    keys = keyset.parse(answer.content.decode())
    assert keys.names["residence-permit"]["en"] == "Residence permit"
    assert keys.status_list.startswith("ZDL1:")
    assert answer.json()["time"] == "2026-11-24T01:00:00+00:00"
    assert "secret" not in answer.content.decode()


def test_the_workers_keep_every_file_of_their_page(client):
    script = client.get(reverse("credentials:verifier_worker"))
    kept = json.loads(script.content.decode().splitlines()[0].removeprefix("const KEPT = ").removesuffix(";"))
    page = client.get(reverse("credentials:verify")).content.decode()
    import re

    loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js|mjs|svg))"', page))
    assert loaded <= set(kept["assets"])
    assert kept["page"] == "/verify/"


def test_an_officer_finds_suspends_and_reinstates(permit, signed_in, visit):
    credential = permit()
    signed_in(Role.SUPERVISOR, districts=DISTRICT)
    client = visit.client
    assert credential.number in client.get(reverse("credentials:of_district")).content.decode()
    address = reverse("credentials:one", args=[credential.number])
    page = client.get(address).content.decode()
    assert "张*三" in page
    assert "张小三" not in page
    suspend = reverse("credentials:change", args=[credential.number, "suspend"])
    assert client.post(suspend, {"reason": "x"}).status_code == 400
    assert client.post(suspend, {"reason": "证件遗失"}).status_code == 302
    assert Credential.objects.get().state == "suspended"
    assert client.post(suspend, {"reason": "证件遗失"}).status_code == 409
    client.post(reverse("credentials:change", args=[credential.number, "reinstate"]), {"reason": "已找到"})
    assert Credential.objects.get().state == "suspended", "a reason of three characters is none"
    client.post(reverse("credentials:change", args=[credential.number, "reinstate"]), {"reason": "已经找到"})
    assert Credential.objects.get().state == "valid"
    assert client.post(reverse("credentials:change", args=[credential.number, "burn"])).status_code == 404


def test_an_officer_elsewhere_sees_none_of_it(permit, signed_in, visit):
    credential = permit()
    signed_in(Role.REVIEWER, districts=OTHER_DISTRICT)
    assert credential.number not in visit.client.get(reverse("credentials:of_district")).content.decode()
    assert visit.client.get(reverse("credentials:one", args=[credential.number])).status_code == 403


def test_a_list_costs_as_many_queries_for_forty_as_for_one(
    permit, signed_in, visit, django_assert_max_num_queries
):
    for number in range(12):
        permit(f"A{number}")
    signed_in(Role.REVIEWER, districts=DISTRICT)
    with django_assert_max_num_queries(8):
        visit.client.get(reverse("credentials:of_district"))


# The wallet -----------------------------------------------------------------------------------------


def test_a_wallet_shows_that_one_holds_it_and_no_number(carols, permit, carol):
    credential = permit()
    wallet = generate(Algorithm.ES256)
    answer = carols.post(
        reverse("credentials:wallet", args=[credential.number]),
        json.dumps({"holder_key": sd_jwt.jwk(wallet.public)}),
        "application/json",
    )
    assert answer.status_code == 201
    asked = {"nonce": "n1", "audience": "landlord", "now": clock.now()}
    shown = sd_jwt.present(answer.json()["credential"], [], wallet, **asked)
    keys = {credential.key.key_id: credential.key.as_public().verifier}
    claims = sd_jwt.verify(shown, keys, **asked).claims
    assert set(claims) == {"iss", "vct", "nbf", "exp"}
    assert claims["vct"] == "residence-permit"
    assert claims["exp"] - claims["nbf"] <= 7 * 86400


@pytest.mark.parametrize("body", ["", "[]", '{"holder_key": {"kty": "RSA"}}', "{" * 5000])
def test_a_wallet_without_a_good_key_is_refused(carols, permit, body):
    address = reverse("credentials:wallet", args=[permit().number])
    assert carols.post(address, body, "application/json").status_code == 400


def test_a_suspended_certificate_goes_into_no_wallet(carols, permit):
    credential = permit()
    actions.suspend(SYSTEM, credential.number, "reported lost")
    body = json.dumps({"holder_key": sd_jwt.jwk(generate(Algorithm.ES256).public)})
    address = reverse("credentials:wallet", args=[credential.number])
    assert carols.post(address, body, "application/json").status_code == 409
