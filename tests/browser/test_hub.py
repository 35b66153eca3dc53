"""A permit applied for at night on a phone: asked about, put right, reviewed, issued, and verified with no network."""

from __future__ import annotations

import re

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

VALID = {"zh-hans": "有效", "en": "Valid"}
PUBLISH = """
from zhoudao.core.access import SYSTEM
from zhoudao.counter.credentials import actions
actions.publish_list(SYSTEM)
"""
ANSWERS = {"since": "2026-01-05", "address": "海印路 12 号 301 室", "school": "海岛学校", "phone": "12800990001"}


@pytest.fixture(scope="module")
def holder(sign_ins) -> dict:
    return next(account for account in sign_ins if account["role"] == "resident")


def officer_of(sign_ins, role: str, number: str, run) -> str:
    district = run(
        "from zhoudao.counter.applications.models import Application;"
        f"print('DISTRICT', Application.objects.get(number={number!r}).district)"
    ).split()[-1]
    return next(
        account["user"] for account in sign_ins if account["role"] == role and district in account["districts"]
    )


def judged(page, text: str) -> str:
    page.wait_for_selector("[data-ready=yes]")
    page.locator("[data-part=text]").fill(text)
    page.locator("[data-part=form] button").click()
    page.wait_for_function("() => !document.querySelector('[data-part=verdict]').hidden")
    return page.locator(".verdict-word").inner_text().strip()


def write(page, tmp_path, screenshot, name: str, check) -> str:
    """Answer each page of the form as it comes, hand in the papers, and submit. The number of the receipt."""
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (420, 560), (90, 120, 160)).save(photo)
    seen = set()
    for _ in range(20):
        code = page.url.rstrip("/").split("/")[-1]
        if code == "check":
            break
        kind = page.url.rstrip("/").split("/")[-2]
        if kind not in seen:
            seen.add(kind)
            check(page)
            screenshot(page, f"{name}-{kind}")
        if kind == "paper":
            page.locator("input[type=file]").set_input_files(photo)
        elif page.locator("main input[type=radio]").count():
            choice = page.locator("main input[type=radio][value=study], main input[type=radio]").first
            study = page.locator("main input[type=radio][value=study]")
            (study if study.count() else choice).check()
        elif page.locator(f"main [name={code}]").count():
            page.locator(f"main [name={code}]").fill(ANSWERS[code])
        page.locator("main form button.button").first.click()
        page.wait_for_load_state("networkidle")
    check(page)
    screenshot(page, f"{name}-check")
    page.locator("main form button.button:not(.danger):not(.quiet)").first.click()
    page.wait_for_url("**/receipt/")
    check(page)
    screenshot(page, f"{name}-receipt")
    return page.locator("main .code").first.inner_text().strip()


def press(page, verb: str) -> None:
    page.locator(f"form[action$='/{verb}/'] button").first.click()
    page.wait_for_load_state("networkidle")


def put_right(page, question: str, answer: str, check) -> None:
    """An obvious slip, as the applicant said on the phone."""
    page.locator("button[data-opens=correct]").click()
    dialog = page.locator("dialog[open]")
    dialog.locator(f"[name=answer-{question}]").fill(answer)
    dialog.locator("input[name=agreed]").first.check()
    dialog.locator("textarea[name=words]").fill("门牌号写错一位，已电话核实")
    check()
    dialog.locator("form button.button").last.click()
    page.wait_for_load_state("networkidle")


def opened(visit, number: str, who: str, language: str):
    page = visit(f"/staff/applications/cases/{number}/", role=who, language=language)
    if page.locator("main button[name=purpose]").count():
        page.locator("main button[name=purpose]").first.click()
        page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_applied_for_on_a_phone_and_verified_on_a_boat(
    visit, watch, run, sign_ins, holder, language, screenshot, assert_accessible, tmp_path
):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    phone = visit("/apply/residence-permit/", size="phone", language=language, role=holder["user"])
    assert_accessible(phone)
    screenshot(phone, f"apply-start-{language}")
    phone.locator("main form button").first.click()
    phone.wait_for_load_state("networkidle")
    number = write(phone, tmp_path, screenshot, f"apply-{language}", assert_accessible)
    assert re.fullmatch(r"A\d{8}-\d{5}", number)

    clerk, reviewer = (officer_of(sign_ins, role, number, run) for role in ("clerk", "reviewer"))
    desk = opened(visit, number, clerk, language)
    assert_accessible(desk)
    screenshot(desk, f"case-to-accept-{language}")
    desk.locator("button[data-opens=ask]").click()
    desk.locator("dialog[open] input[name=about][value=school]").check()
    desk.locator("dialog[open] textarea").fill("请写学校全称")
    assert_accessible(desk)
    screenshot(desk, f"case-asking-{language}")
    desk.locator("dialog[open] form button.button").last.click()
    desk.wait_for_load_state("networkidle")

    phone.goto(f"/applications/{number}/")
    assert_accessible(phone)
    screenshot(phone, f"own-asked-{language}")
    phone.goto(f"/applications/{number}/answer/")
    assert_accessible(phone)
    screenshot(phone, f"answer-{language}")
    phone.locator("main [name=school]").fill("海岛职业技术学校")
    phone.locator("main form button.button").first.click()
    phone.wait_for_url(f"**/applications/{number}/")

    desk = opened(visit, number, clerk, language)
    press(desk, "accept")
    desk = opened(visit, number, reviewer, language)
    assert_accessible(desk)
    put_right(desk, "address", "海印路 12 号 302 室", lambda: assert_accessible(desk))
    screenshot(desk, f"case-put-right-{language}")
    phone.goto(f"/applications/{number}/")
    told = phone.locator("main").inner_text()
    assert "302 室" in told, "what stands there now"
    assert "301 室" in told, "and what stood there before"
    assert_accessible(phone)
    screenshot(phone, f"own-put-right-{language}")
    desk = opened(visit, number, reviewer, language)
    press(desk, "approve")
    screenshot(desk, f"case-to-issue-{language}")
    press(desk, "issue")
    run(PUBLISH)

    phone.goto(f"/applications/{number}/")
    assert_accessible(phone)
    screenshot(phone, f"own-issued-{language}")
    certificate = run(
        "from zhoudao.counter.applications.models import Application;"
        f"print('CERTIFICATE', Application.objects.get(number={number!r}).certificate)"
    ).split()[-1]
    phone.goto(f"/certificates/{certificate}/")
    phone.wait_for_selector("[data-ready=yes]")
    text = phone.locator("[data-part=code-text]").text_content() or ""
    verifier = visit("/verify/", size="phone", language=language)
    verifier.wait_for_selector("[data-ready=yes]")
    verifier.evaluate("() => navigator.serviceWorker.ready")
    verifier.wait_for_function("async () => (await caches.keys()).some((name) => name.endsWith('pages'))")
    verifier.context.set_offline(True)
    verifier.reload()
    assert judged(verifier, text.strip()) == VALID[language]


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_officers_lists_are_readable(visit, language, size, screenshot, assert_accessible):
    pages = {
        "reviewer": {"cases": "/staff/applications/cases/?part=all"},
        "supervisor": {
            "cases-own": "/staff/applications/cases/",
            "team": "/staff/applications/team/",
            "performance": "/staff/applications/performance/",
        },
        "resident": {"mine": "/applications/"},
    }
    for role, named in pages.items():
        for name, path in named.items():
            page = visit(path, role=role, language=language, size=size)
            assert_accessible(page)
            screenshot(page, f"hub-{name}-{size}-{language}")
