"""A holder shows that they hold a valid permit, and no number; the other phone has no network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import count

import pytest
import zxingcpp
from PIL import Image

from zhoudao.core.city.tests.here import DISTRICT

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
print("NUMBER", issued.number, user.resident.name)
"""
SUSPEND = """
from zhoudao.core.access import SYSTEM
from zhoudao.counter.credentials import actions
actions.suspend(SYSTEM, {number!r}, "a reason that says something")
"""
APPLICATIONS = count(1)
VALID = {"zh-hans": "有效", "en": "Valid"}
NOT_YOURS = {"zh-hans": "不是出示给您的", "en": "Not shown to you"}


@pytest.fixture
def permit(run, holder) -> tuple[str, str]:
    """Its number, and its holder's name."""
    said = run(ISSUE.format(user=holder, district=DISTRICT, application=f"P-{next(APPLICATIONS)}"))
    return re.search(r"NUMBER (\w+) (\w+)", said).groups()


def made(page, question: str = "", show: tuple[str, ...] = ()) -> str:
    """Make the code on the holder's page; what it says."""
    page.locator("#question").fill(question)
    for box in page.locator("input[name=show]").all():
        box.set_checked(box.get_attribute("value") in show)
    page.locator("[data-part=choose] button").click()
    page.wait_for_selector("[data-part=showing][open] svg")
    return page.locator("[data-part=shown-text]").text_content().strip()


def closed(page) -> None:
    page.locator("[data-part=showing] form button").click()
    page.wait_for_selector("[data-part=showing]:not([open])", state="attached")


def judged(page, text: str) -> str:
    page.locator("[data-part=text]").fill(text)
    page.locator("[data-part=form] button").click()
    page.wait_for_function("() => !document.querySelector('[data-part=verdict]').hidden")
    return page.locator(".verdict-word").inner_text().strip()


def digits_of(page) -> str:
    page.locator("[data-part=ask]").click()
    return re.sub(r"\s", "", page.locator("[data-part=digits]").inner_text())


@pytest.fixture
def boat(visit, watch):
    """A verifier's phone that was online once."""
    watch.expect("ERR_INTERNET_DISCONNECTED")

    def leave(language: str):
        page = visit("/verify/", size="phone", language=language)
        page.wait_for_selector("[data-ready=yes]")
        page.evaluate("() => navigator.serviceWorker.ready")
        page.wait_for_function("async () => (await caches.keys()).some((name) => name.endsWith('pages'))")
        page.context.set_offline(True)
        page.reload()
        page.wait_for_selector("[data-ready=yes]")
        return page

    return leave


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_shows_that_one_holds_it_and_no_number(
    visit, boat, run, permit, holder, language, screenshot, assert_accessible, tmp_path, environment
):
    number, name = permit
    page = visit(f"/certificates/{number}/", size="phone", language=language, role=holder)
    page.wait_for_selector("[data-ready=yes]")
    verifier = boat(language)
    assert_accessible(page)

    made(page)
    assert_accessible(page)
    picture = screenshot(page, f"part-nothing-{language}")
    page.screenshot(path=tmp_path / "code.png")
    [code] = zxingcpp.read_barcodes(Image.open(tmp_path / "code.png"))
    assert code.text.startswith("ZDS1:"), picture
    closed(page)
    assert judged(verifier, code.text) == VALID[language]
    said = verifier.locator("[data-part=verdict]").inner_text()
    assert number not in said
    assert name not in said
    assert_accessible(verifier)
    screenshot(verifier, f"part-verified-{language}")

    digits = digits_of(verifier)
    assert judged(verifier, code.text) == NOT_YOURS[language], "what was made before answers nothing"
    screenshot(verifier, f"part-not-yours-{language}")
    text = made(page, digits, ("name", "district"))
    screenshot(page, f"part-name-{language}")
    closed(page)
    other = boat(language)
    digits_of(other)
    assert judged(other, text) == NOT_YOURS[language]
    assert judged(verifier, text) == VALID[language]
    said = verifier.locator("[data-part=verdict]").inner_text()
    assert name in said
    assert number not in said
    assert verifier.locator("[data-part=digits]").is_hidden(), "one question, one answer"
    screenshot(verifier, f"part-verified-name-{language}")

    keys = tmp_path / "keys.json"
    command = [sys.executable, "-m", "zhoudao", "credential"]
    subprocess.run([*command, "keys", "export", str(keys)], env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [*command, "verify", text, "--keys", str(keys), "--question", digits, "--json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert (found["verdict"], found["reason"], found["shown"]["name"]) == ("valid", "shown_to_you", name)


def test_kept_on_the_phone_it_is_shown_without_network(visit, watch, boat, run, permit, holder, screenshot):
    number, _name = permit
    page = visit(f"/certificates/{number}/", size="phone", role=holder)
    verifier = boat("zh-hans")
    page.wait_for_selector("[data-ready=yes]")
    page.context.set_offline(True)
    page.locator("[data-part=choose] button").click()
    page.wait_for_selector("[data-part=refused] .notice")
    screenshot(page, "part-no-network")
    page.context.set_offline(False)

    page.locator("[data-part=keep]").click()
    page.wait_for_selector("[data-part=keep][aria-pressed=true]")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("[data-ready=yes]")
    text = made(page, show=("district",))
    closed(page)
    assert judged(verifier, text) == VALID["zh-hans"]

    page.locator("[data-part=keep]").click()
    page.wait_for_selector("[data-part=keep][aria-pressed=false]")
    page.locator("[data-part=choose] button").click()
    page.wait_for_selector("[data-part=refused] .notice")
    page.context.set_offline(False)


def test_a_suspended_one_shows_no_part(visit, run, permit, holder, screenshot):
    number, _name = permit
    page = visit(f"/certificates/{number}/", size="phone", role=holder)
    page.wait_for_selector("[data-ready=yes]")
    run(SUSPEND.format(number=number))
    page.locator("[data-part=choose] button").click()
    page.wait_for_selector("[data-part=refused] .notice")
    screenshot(page, "part-suspended")
    page.reload()
    assert page.locator("[data-part=choose]").count() == 0


def test_six_digits_or_none(visit, permit, holder):
    number, _name = permit
    page = visit(f"/certificates/{number}/", size="phone", role=holder)
    page.wait_for_selector("[data-ready=yes]")
    page.locator("#question").fill("12345")
    page.locator("[data-part=choose] button").click()
    page.wait_for_selector("[data-part=refused] .notice")
    assert not page.locator("[data-part=showing]").evaluate("(dialog) => dialog.open")
