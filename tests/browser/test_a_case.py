"""An analyst opens a case, drops a folder of messy statements, and hands over a package that checks itself."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from zhoudao.sample.case import files, story

pytestmark = pytest.mark.browser
WHO = "analyst1"
PATIENCE = 120_000
"""Milliseconds that the worker may take on a busy machine; nothing is measured by it."""
OWN = "6299000000000012"
HEADERLESS = [
    f"2026-09-{day:02d} 09:15:00,{OWN},{'收入' if day % 3 == 0 else '支出'},{day}00.50,{90_000 - day}.00,"
    f"62990000000001{day:02d},{'样' * 2}{'甲乙丙丁'[day % 4]}"
    for day in range(1, 25)
]


@pytest.fixture
def folder(tmp_path: Path) -> list[Path]:
    """What the banks answered: text in GB 18030, a workbook, a zip, a sheet without a header, and a scan."""
    made = files.make(story.tell(7))
    made["村镇银行导出.csv"] = ("\n".join(HEADERLESS) + "\n").encode("gb18030")
    made["回函扫描.pdf"] = b"%PDF-1.7 a scan of a letter"
    paths = []
    for name, content in made.items():
        path = tmp_path / "回函" / name.replace("/", "_")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        paths.append(path)
    return paths


@contextmanager
def working(environment: dict[str, str]) -> Iterator[None]:
    worker = subprocess.Popen([sys.executable, "-m", "zhoudao", "worker"], env=environment)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def test_from_a_legal_basis_to_a_package_that_checks_itself(
    visit, environment, assert_accessible, screenshot, folder, tmp_path
):
    def looked_at(page: Page, name: str) -> None:
        """Also on a phone and in English."""
        assert_accessible(page)
        screenshot(page, f"case-{name}-zh-1440")
        small = visit(page.url, size="phone", language="en", role=WHO)
        assert_accessible(small)
        screenshot(small, f"case-{name}-en-390")
        small.context.close()

    page = visit("/desk/cases/new/", role=WHO)
    page.set_default_timeout(PATIENCE)
    root = open_case(page)
    page.goto(f"{root}evidence/")
    drop(page, folder)
    stop_cleaning(page)
    with working(environment):
        page.get_by_role("button", name="重新清洗").click()
        wait_for_ledger(page, 2)  # the first was stopped
        expect(page.locator("main")).to_contain_text("回函扫描.pdf")
        page.get_by_role("row").filter(has_text="村镇银行导出.csv").get_by_role(
            "link", name="核对各列"
        ).click()
        confirm_layout(page, looked_at)
        wait_for_ledger(page, 3)
        read_the_bar(page)
        looked_at(page, "files")
        page.get_by_role("link", name="打开流水").click()
        open_figures(page, looked_at)
        decide(page, root, looked_at)
        package = take_out_the_package(page, root, tmp_path)
    check_again(package, tmp_path)


def open_case(page: Page) -> str:
    """A case on an accepted basis, entered to import; its address."""
    page.fill("[name=title]", "浪岗资金案（测试）")
    page.locator("[name=basis]").first.check(force=True)
    page.fill("[name=document_number]", "样公（经）受案字〔2026〕202号")
    page.fill("[name=issued_on]", "2026-11-20")
    page.fill("[name=expires_on]", "2027-03-31")
    page.fill("[name=purpose]", "查清资金去向")
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("/enter/"))  # whoever opened it is asked what for before looking in
    root = page.url.partition("enter/")[0]
    page.locator("main input[type=radio]").first.check(force=True)
    page.get_by_role("button", name="进入案件").click()
    page.wait_for_url(root)
    page.goto(f"{root}manage/")
    page.fill("[name=username]", "analyst2")
    page.get_by_role("button", name="添加成员").click()
    page.wait_for_load_state("networkidle")
    return root


def drop(page: Page, folder: list[Path]) -> None:
    """Each file has its own progress and its own stop; the last is stopped before its turn, and dropped again."""
    held: list[Route] = []
    passing: list[bool] = []
    page.route("**/evidence/upload/", lambda route: route.continue_() if passing else held.append(route))
    page.set_input_files("#drop input[type=file]", folder)
    rows = page.locator("#drop-list > li")
    expect(rows).to_have_count(len(folder))
    expect(rows.locator("progress")).to_have_count(len(folder))
    rows.last.get_by_role("button").click()
    expect(rows.last).to_have_class(re.compile("stopped"))
    passing.append(True)
    with page.expect_navigation():  # when all are in, the page shows itself anew
        held[0].continue_()
    with page.expect_navigation():
        page.set_input_files("#drop input[type=file]", folder[-1:])
    # the zip and its one member both stand there
    expect(page.locator("main tbody tr")).to_have_count(len(folder) + 1)


def stop_cleaning(page: Page) -> None:
    """No worker is there yet: cleaning waits, and can be stopped."""
    panel = page.locator("#cleaning")
    expect(panel.locator("progress")).to_be_visible()
    panel.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("已取消")


def wait_for_ledger(page: Page, number: int) -> None:
    """Progress shows the page anew when it has ended."""
    expect(page.locator(".accounting")).to_contain_text(f"第 {number} 版", timeout=PATIENCE)


def confirm_layout(page: Page, looked_at: Any) -> None:
    """Told by its values alone; one column is left out, and the rest confirmed."""
    expect(page.locator(".layout-table tbody tr")).to_have_count(7)
    expect(page.locator("[name='column.4']")).to_have_value("amount")
    expect(page.locator(".layout-table")).to_contain_text(OWN)
    page.select_option("[name='column.7']", "other_name")
    looked_at(page, "layout")
    page.get_by_role("button", name="确认并重新清洗").click()
    page.wait_for_url(re.compile("/evidence/$"))


def read_the_bar(page: Page) -> None:
    """Rows in = kept + merged + refused, as the page says it."""
    told = [number(text) for text in page.locator(".accounting .tally dd").all_inner_texts()]
    assert told[0] == sum(told[1:4])
    assert told[2] > 0, "an overlapping export was merged"
    assert told[3] == 1, "a card number that a spreadsheet ruined"
    row = page.get_by_role("row").filter(has_text="村镇银行导出.csv")
    expect(row).to_contain_text(str(len(HEADERLESS)))


def number(text: str) -> int:
    return int(re.sub(r"[^\d]", "", text))


def open_figures(page: Page, looked_at: Any) -> None:
    """A question, its sum, the rows of the sum, and one row to its raw line."""
    looked_at(page, "ledger")
    page.fill("[name=words]", OWN)
    page.fill("[name=least]", "1000")
    page.locator(".ask-go button").click()
    page.wait_for_load_state("networkidle")
    wanted = sum(day * 10_000 + 50 for day in range(10, 25))
    expect(page.locator("#sum-CNY")).to_contain_text(f"{wanted / 100:,.2f}")
    page.locator("#sum-CNY").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".ledger tbody tr")).to_have_count(15)
    page.locator(".ledger .row-open").first.click()
    lines = page.locator(".raw-lines .raw-wanted mark")
    expect(lines.first).to_contain_text(OWN)
    expect(page.locator(".raw-lines tr:not(.raw-wanted)").first).to_be_visible()
    expect(page.locator("#raw-panel")).to_contain_text("村镇银行导出.csv")
    looked_at(page, "rows")


def decide(page: Page, root: str, looked_at: Any) -> None:
    """One detector with its parameters as they stand; one finding accepted, one dismissed, each with a reason."""
    page.goto(f"{root}findings/search/ledgers.in_and_out/")
    page.locator("main form.params button").last.click()
    page.wait_for_load_state("networkidle")
    page.locator(".findings").wait_for(timeout=PATIENCE)
    found = page.locator(".findings .finding-title a")
    assert found.count() >= 2
    first, second = (found.nth(place).get_attribute("href") for place in (0, 1))
    page.goto(first)
    looked_at(page, "finding")
    settle(page, "accepted", "一小时内转入转出，与供述一致")
    page.goto(second)
    settle(page, "dismissed", "经核实为正常货款")
    page.goto(f"{root}findings/")
    expect(page.locator("main")).not_to_contain_text("经核实为正常货款")


def settle(page: Page, verdict: str, why: str) -> None:
    page.fill("[name=why]", why)
    page.locator(f"button[name=verdict][value={verdict}]").click()
    page.wait_for_load_state("networkidle")


def take_out_the_package(page: Page, root: str, place: Path) -> Path:
    page.goto(f"{root}packages/")
    page.fill("[name=document_number]", "样公（经）电勘〔2026〕7号")
    page.select_option("[name=first_officer]", index=1)
    page.select_option("[name=second_officer]", index=2)
    page.locator("main form button").last.click()
    link = page.get_by_role("link", name="导出")
    link.wait_for(timeout=PATIENCE)
    with page.expect_download() as download:
        link.click()
    package = place / "package.zip"
    download.value.save_as(package)
    return package


def check_again(package: Path, place: Path) -> None:
    """The script inside, run alone with no package of ours; and again after one byte of a raw file has changed."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(place / "out")
        script = next(name for name in archive.namelist() if name.endswith("check.py"))
        raw = next(name for name in archive.namelist() if "raw/" in name and not name.endswith("/"))
    command = [sys.executable, "-I", str(place / "out" / script)]
    whole = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place / "out")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    path = place / "out" / raw
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    broken = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place / "out")
    assert broken.returncode == 1
    assert path.name in broken.stdout + broken.stderr
