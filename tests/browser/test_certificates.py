"""A permit on the phone: shown, scanned from the screen, checked with no network, suspended, revoked."""

from __future__ import annotations

import json
import os
import re
from io import BytesIO
from itertools import count

import pytest
import segno
import zxingcpp
from PIL import Image

from zhoudao.core.city.tests.here import DISTRICT
from zhoudao.engines.seals.checking import Verdict

pytestmark = pytest.mark.browser

ISSUE = """
from zhoudao.core.access import SYSTEM
from zhoudao.core.city.shapes import Text
from zhoudao.core.people.models import User
from zhoudao.counter.applications.ports import Grant, Template
from zhoudao.counter.credentials import actions
user = User.objects.get(username={user!r})
template = Template("residence-permit", Text(zh="浙江省居住证", en="Residence permit"), 36, 12)
issued = actions.issue(SYSTEM, Grant({application!r}, {district!r}, resident_id=user.resident.pk), template)
actions.publish_list(SYSTEM)
print("NUMBER", issued.number)
"""
CHANGE = """
from zhoudao.core.access import SYSTEM
from zhoudao.counter.credentials import actions
actions.{verb}(SYSTEM, {number!r}, "a reason that says something")
actions.publish_list(SYSTEM)
"""
APPLICATIONS = count(1)
WORDS = {
    "zh-hans": {"valid": "有效", "suspended": "已中止", "revoked": "已作废", "tampered": "被篡改"},
    "en": {"valid": "Valid", "suspended": "Suspended", "revoked": "Revoked", "tampered": "Tampered"},
}


@pytest.fixture
def permit(run, holder) -> str:
    said = run(ISSUE.format(user=holder, district=DISTRICT, application=f"T-{next(APPLICATIONS)}"))
    return re.search(r"NUMBER (\w+)", said)[1]


def judged(page, text: str) -> str:
    page.wait_for_selector("[data-ready=yes]")
    page.locator("[data-part=text]").fill(text)
    page.locator("[data-part=form] button").click()
    page.wait_for_function("() => !document.querySelector('[data-part=verdict]').hidden")
    return page.locator(".verdict-word").inner_text().strip()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_shown_on_a_phone_and_checked_on_a_boat(
    visit, watch, run, permit, holder, language, screenshot, assert_accessible, tmp_path
):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    shown = visit(f"/certificates/{permit}/", size="phone", language=language, role=holder)
    shown.wait_for_selector("[data-ready=yes]")
    assert_accessible(shown)
    screenshot(shown, f"certificate-phone-{language}")
    masked = shown.locator("[data-part=name]").inner_text()
    assert "*" in masked
    shown.locator("[data-part=reveal]").dispatch_event("pointerdown")
    assert "*" not in shown.locator("[data-part=name]").inner_text()
    shown.locator("[data-part=reveal]").dispatch_event("pointerleave")
    assert shown.locator("[data-part=name]").inner_text() == masked

    shown.locator("[data-part=enlarge]").click()
    picture = tmp_path / "code.png"
    shown.screenshot(path=picture)
    screenshot(shown, f"certificate-large-{language}")
    [code] = zxingcpp.read_barcodes(Image.open(picture))
    assert code.text.startswith("ZD1:")

    verifier = visit("/verify/", size="phone", language=language)
    verifier.wait_for_selector("[data-ready=yes]")
    assert_accessible(verifier)
    screenshot(verifier, f"verify-phone-{language}")
    verifier.evaluate("() => navigator.serviceWorker.ready")
    verifier.wait_for_function("async () => (await caches.keys()).some((name) => name.endsWith('pages'))")
    words = WORDS[language]

    verifier.context.set_offline(True)
    verifier.reload()
    assert judged(verifier, code.text) == words["valid"]
    assert_accessible(verifier)
    screenshot(verifier, f"verify-valid-{language}")
    flipped = code.text[:-1] + ("A" if code.text[-1] != "A" else "B")
    assert judged(verifier, flipped) == words["tampered"]
    screenshot(verifier, f"verify-tampered-{language}")
    verifier.locator("[data-part=picture]").set_input_files(picture)
    verifier.wait_for_function(
        f"() => document.querySelector('.verdict-word').innerText.trim() === '{words['valid']}'"
    )

    run(CHANGE.format(verb="suspend", number=permit))
    assert judged(verifier, code.text) == words["valid"], "offline, it can't have heard yet"
    verifier.context.set_offline(False)
    verifier.reload()
    assert judged(verifier, code.text) == words["suspended"]
    screenshot(verifier, f"verify-suspended-{language}")
    run(CHANGE.format(verb="revoke", number=permit))
    verifier.reload()
    assert judged(verifier, code.text) == words["revoked"]
    verifier.context.set_offline(True)
    verifier.reload()
    assert judged(verifier, code.text) == words["revoked"], "and it remembers"
    screenshot(verifier, f"verify-revoked-{language}")
    verifier.context.set_offline(False)


def test_a_kept_copy_opens_without_network(visit, watch, permit, holder, screenshot):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = visit(f"/certificates/{permit}/", size="phone", role=holder)
    page.wait_for_selector("[data-ready=yes]")
    page.locator("[data-part=keep]").click()
    page.wait_for_selector("[data-part=kept]:not([hidden])")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("[data-ready=yes]")
    assert page.locator("[data-part=offline]").is_visible()
    assert page.locator(".certificate-code .qr").is_visible()
    screenshot(page, "certificate-offline")
    page.locator("[data-part=keep]").click()
    page.wait_for_selector("[data-part=kept]", state="hidden")
    page.context.set_offline(False)


def test_the_verifier_reads_with_its_camera(house, chromium, permit, holder, visit, tmp_path):
    """Chromium's camera is fed a film of the code on a screen; the page sees nothing but a camera."""
    shown = visit(f"/certificates/{permit}/", size="phone", role=holder)
    code = segno.make(shown.locator("[data-part=code-text]").text_content(), error="m", micro=False)
    still = Image.new("RGB", (640, 480), "#777")
    picture = BytesIO()
    code.save(picture, kind="png", scale=6, border=4)
    pixels = Image.open(picture).convert("RGB").rotate(4, expand=True, fillcolor="#777").resize((420, 420))
    still.paste(pixels, (110, 30))
    film = tmp_path / "film.mjpeg"
    frame = BytesIO()
    still.save(frame, "JPEG", quality=85)
    film.write_bytes(frame.getvalue() * 10)
    browser = chromium.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    try:
        page = browser.new_context(base_url=house, locale="en-GB", permissions=["camera"]).new_page()
        page.goto("/verify/")
        page.wait_for_selector("[data-ready=yes]")
        page.locator("[data-part=start]").click()
        page.wait_for_selector(".verdict-word", timeout=20_000)
        assert page.locator(".verdict-word").inner_text().strip() == "Valid"
        assert page.locator("[data-part=camera]").is_hidden(), "the camera is off again"
    finally:
        browser.close()


def test_without_a_camera_it_says_what_to_do(visit, assert_accessible):
    page = visit("/verify/", size="phone", language="en")
    page.wait_for_selector("[data-ready=yes]")
    page.locator("[data-part=start]").click()
    page.wait_for_selector("[data-part=problem] .notice")
    assert "paste the code as text" in page.locator("[data-part=problem]").inner_text()
    assert_accessible(page)


@pytest.mark.parametrize(("size", "language"), [("phone", "zh-hans"), ("phone", "en"), ("desk", "zh-hans")])
def test_every_screen(visit, permit, holder, size, language, screenshot, assert_accessible):
    for path, role, name in (
        ("/certificates/", holder, "mine"),
        (f"/certificates/{permit}/", holder, "shown"),
        ("/verify/", "", "verify"),
        ("/staff/certificates/", f"supervisor.{DISTRICT}", "staff"),
        (f"/staff/certificates/{permit}/", f"supervisor.{DISTRICT}", "staff-one"),
        ("/staff/certificates/keys/", "security_officer", "keys"),
    ):
        page = visit(path, size=size, language=language, role=role)
        assert page.title()
        assert_accessible(page)
        screenshot(page, f"credentials-{name}-{size}-{language}")


def test_the_browser_and_the_engine_give_the_same_verdicts(visit):
    """Every verdict of the engine's own tests, by the served modules, ES256 and SM2."""
    cases = agreed_cases()
    page = visit("/verify/")
    page.wait_for_selector("[data-ready=yes]")
    found = page.evaluate(
        """async (cases) => {
          const { check, checkedList, importKeys } = await import("/static/credentials/checking.mjs");
          const { checkShown, SHOWN } = await import("/static/credentials/showing.mjs");
          const found = [];
          for (const { text, keys, now, question } of cases) {
            const trusted = await importKeys(keys);
            const list = await checkedList(keys.status_list, trusted);
            const { verdict, reason } = text.startsWith(SHOWN)
              ? await checkShown(text, trusted, now, question)
              : await check(text, trusted, list, now);
            found.push([verdict, reason]);
          }
          return found;
        }""",
        [{name: case.get(name) for name in ("text", "keys", "now", "question")} for case in cases],
    )
    differing = [
        (case["name"], case["expected"], got)
        for case, got in zip(cases, found, strict=True)
        if case["expected"] != got
    ]
    assert differing == []
    assert {case["expected"][0] for case in cases} == set(Verdict) - {Verdict.CANNOT_CHECK}


def agreed_cases() -> list[dict]:
    """Certificates good and bad, and what the engine says of each; every bit of one flipped."""
    from dataclasses import replace

    from zhoudao.engines.seals import base45, checking, keyset, status
    from zhoudao.engines.seals.keyset import KeyStatus
    from zhoudao.engines.seals.signing import Algorithm
    from zhoudao.engines.seals.status import Standing
    from zhoudao.engines.seals.tests import papers
    from zhoudao.engines.seals.tests.papers import DAY, NOW, PERMIT

    cases = []

    def add(name, text, keys=None, listed=None, now=NOW, by=None):
        signer = by or papers.signer()
        keys = keys or papers.keys(papers.key(signer))
        keys = replace(keys, status_list=status.seal(listed or papers.statuses(), signer))
        try:
            statuses = checking.open_list(keys.status_list, keys)
        except checking.BadList:
            statuses = None
        found = checking.check(text, keys, statuses, now)
        document = json.loads(json.dumps(keyset.dump(keys)))
        cases.append(
            {
                "name": name,
                "text": text,
                "keys": document,
                "now": now.timestamp(),
                "expected": [found.verdict.value, found.reason.value],
            }
        )

    for algorithm in Algorithm:
        signer = papers.signer(algorithm)
        for name, held in papers.ALL.items():
            add(f"{algorithm} {name}", papers.text(held, signer), by=signer)
        text = papers.text(by=signer)
        for standing in (Standing.REVOKED, Standing.SUSPENDED):
            add(f"{algorithm} {standing}", text, listed=papers.with_standing(standing), by=signer)
            add(
                f"{algorithm} {standing}, old",
                text,
                listed=papers.with_standing(standing),
                now=NOW + 9 * DAY,
                by=signer,
            )
    text = papers.text()
    add("expired", text, now=PERMIT.valid_until)
    add("early", papers.text(replace(PERMIT, valid_from=NOW + DAY)))
    add("late endorsement", papers.text(replace(PERMIT, endorsed_until=NOW)))
    add("old list", text, now=NOW + 7 * DAY)
    add("not on the list", text, listed=papers.statuses(size=5, bits=status.bits_of(5, {})))
    add("younger than the list", papers.text(replace(PERMIT, index=30_000, issued=NOW)))
    add("unknown key", text, keys=papers.keys(papers.key(papers.signer(number=9))))
    add("withdrawn key", text, keys=papers.keys(papers.key(status=KeyStatus.WITHDRAWN)))
    add("key of later", text, keys=papers.keys(papers.key(not_before=NOW)))
    add("another issuer", papers.text(replace(PERMIT, issuer="elsewhere")))
    add("no certificate", "https://example.invalid/")
    add("another alphabet", "ZD1:abc")
    data = base45.decode(text[4:])
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        add(f"bit {bit}", "ZD1:" + base45.encode(bytes(flipped)))
    return cases + shown_cases()


def shown_cases() -> list[dict]:
    """What a holder shows of a certificate, good and bad; one bit of each character flipped."""
    from dataclasses import replace
    from datetime import timedelta

    from zhoudao.engines.seals import base45, keyset, packing, showing
    from zhoudao.engines.seals.keyset import KeyStatus
    from zhoudao.engines.seals.tests import papers
    from zhoudao.engines.seals.tests.papers import DAY, NOW, QUESTION

    cases = []

    def add(name, text, keys=None, now=NOW, question=QUESTION):
        keys = keys or papers.keys()
        found = showing.check(text, keys, now, question)
        cases.append(
            {
                "name": f"shown, {name}",
                "text": text,
                "keys": json.loads(json.dumps(keyset.dump(keys))),
                "now": now.timestamp(),
                "question": question,
                "expected": [found.verdict.value, found.reason.value],
            }
        )

    text = papers.shown(list(papers.HIDDEN))
    add("everything", text)
    add("nothing", papers.shown())
    add("nothing asked", text, question=None)
    add("another question", text, question="000000")
    add("old", text, now=NOW + timedelta(minutes=6))
    add("a week later", text, now=NOW + 7 * DAY)
    add("early", text, now=NOW - timedelta(minutes=6))
    add("withdrawn key", text, papers.keys(papers.key(status=KeyStatus.WITHDRAWN)))
    add("key of later", text, papers.keys(papers.key(not_before=NOW + DAY)))
    add("unknown key", text, papers.keys(papers.key(papers.signer(number=9))))
    add("another issuer", text, replace(papers.keys(), issuer="elsewhere"))
    add("no code", "ZDS1:abc")
    shown = showing.read(text).encode()
    for at in range(len(shown)):
        flipped = bytearray(shown)
        flipped[at] ^= 1
        add(f"character {at}", "ZDS1:" + base45.encode(packing.pack(bytes(flipped))))
    return cases
