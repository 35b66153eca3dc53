"""An administrator writes an item that never was, in the browser; it is applied for, decided and issued at once."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser

ITEM = """
code: night-stall-card-{size}
category: household
name: {{zh: 夜市摊位登记卡, en: Night stall card}}
summary:
  zh: 在夜市摆摊的人登记后领一张电子卡。
  en: Whoever keeps a stall at the night market registers and gets an electronic card.
words:
  zh: [夜市摊位, 摆摊登记, 夜市登记卡, 摊位卡, 夜市摆摊]
  en: [night stall card, market stall card, register a stall]
audience: [resident, migrant]
who_may_apply: {{zh: 在本市夜市摆摊的人, en: Who keeps a stall at a night market of the city}}
materials: []
fee: {{fen: 0}}
promised_time: {{amount: 1, unit: workday}}
channels: [online, window]
served_by: [household]
steps:
  zh: [填写摊位号, 审核后领卡]
  en: [Say which stall is yours, Get the card once it is decided]
law:
  - title: {{zh: 测试用规定, en: A rule made for this test}}
    article: {{zh: 第一条, en: Article 1}}
    checked: false
    note: {{zh: 仅用于测试, en: For this test only}}
related: []
program:
  for_whom: [self]
  form:
    - code: stall
      label: {{zh: 摊位号是多少, en: Which stall is yours?}}
      type: text
      longest: 20
  steps:
    - {{kind: accept, role: clerk, workdays: 0, may: [accept, correct, refuse]}}
    - {{kind: review, role: reviewer, workdays: 1, may: [approve, correct, refuse]}}
    - {{kind: issue, role: reviewer, workdays: 0, may: [issue]}}
  level: county
  certificate:
    type: night-stall-card
    name: {{zh: 夜市摊位登记卡, en: Night stall card}}
    valid_months: 12
    facts:
      stall: {{zh: 摊位号, en: Stall}}
  refusal_grounds:
    - code: no_such_stall
      text: {{zh: 没有这个摊位, en: There is no such stall}}
  basis:
    - title: {{zh: 测试用规定, en: A rule made for this test}}
      article: {{zh: 第一条, en: Article 1}}
      checked: false
      note: {{zh: 仅用于测试, en: For this test only}}
"""


def stored(run, number: str, field: str) -> str:
    return run(
        "from zhoudao.counter.applications.models import Application;"
        f"print('VALUE', Application.objects.get(number={number!r}).{field})"
    ).split()[-1]


def opened(visit, number: str, who: str, size: str):
    page = visit(f"/staff/applications/cases/{number}/", role=who, size=size)
    if page.locator("main button[name=purpose]").count():  # asked once a sitting
        page.locator("main button[name=purpose]").first.click()
    page.wait_for_load_state("networkidle")
    return page


def press(page, verb: str) -> None:
    page.locator(f"form[action$='/{verb}/'] button").first.click()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_new_item_from_the_editor_to_its_certificate(
    visit, run, sign_ins, size, screenshot, assert_accessible
):
    text = ITEM.format(size=size).lstrip()
    editor = visit("/staff/items/new/", role="administrator", size=size)
    with editor.expect_response("**/staff/items/preview/"):
        editor.locator("#text").fill(text.replace("role: reviewer, workdays: 1", "role: nobody, workdays: 1"))
    editor.wait_for_selector("#preview .problems li")
    broken = next(number for number, line in enumerate(text.splitlines(), 1) if "kind: review" in line)
    assert re.search(rf"\b{broken}\b", editor.locator("#preview .problems .code").first.inner_text())
    assert_accessible(editor)
    screenshot(editor, f"new-item-problem-{size}")
    with editor.expect_response("**/staff/items/preview/"):
        editor.locator("#text").fill(text)
    editor.wait_for_selector("#preview [name=stall]")
    assert_accessible(editor)
    screenshot(editor, f"new-item-preview-{size}")
    editor.locator("#reason").fill("夜市开张")
    editor.locator("main form button.button").first.click()
    editor.wait_for_url("**/staff/items/")

    second = visit("/staff/items/", role="supervisor", size=size)
    second.locator("a[href*='/proposals/']").first.click()
    second.wait_for_load_state("networkidle")
    assert_accessible(second)
    screenshot(second, f"new-item-second-{size}")
    second.locator("button[value=confirm]").click()
    second.wait_for_url("**/staff/items/")

    holder = next(account["user"] for account in sign_ins if account["role"] == "resident")
    phone = visit(f"/apply/night-stall-card-{size}/", role=holder, size=size)
    phone.locator("main form button").first.click()
    phone.wait_for_load_state("networkidle")
    phone.locator("main [name=stall]").fill("甲 17")
    phone.locator("main form button.button").first.click()
    phone.wait_for_url("**/check/")
    assert_accessible(phone)
    phone.locator("main form button.button:not(.danger):not(.quiet)").first.click()
    phone.wait_for_url("**/receipt/")
    number = phone.locator("main .code").first.inner_text().strip()

    district = stored(run, number, "district")
    clerk, reviewer = (
        next(each["user"] for each in sign_ins if each["role"] == role and district in each["districts"])
        for role in ("clerk", "reviewer")
    )
    press(opened(visit, number, clerk, size), "accept")
    press(opened(visit, number, reviewer, size), "approve")
    press(opened(visit, number, reviewer, size), "issue")
    phone.goto(f"/certificates/{stored(run, number, 'certificate')}/")
    phone.wait_for_selector("[data-ready=yes]")
    assert "甲 17" in phone.locator("main").inner_text()
    assert_accessible(phone)
    screenshot(phone, f"new-item-certificate-{size}")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_retention_and_lists_are_readable(visit, size, screenshot, assert_accessible):
    for role, name in (("administrator", "retention"), ("supervisor", "exports"), ("supervisor", "marks")):
        page = visit(f"/staff/applications/{name}/", role=role, size=size)
        assert_accessible(page)
        screenshot(page, f"hub-{name}-{size}")
    page = visit("/published/", size=size)
    assert_accessible(page)
    screenshot(page, f"hub-published-{size}")
