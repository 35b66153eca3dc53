"""An analyst brings a folder of invoices into a case, and walks what was found: totals, steps, layers, rows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

pytestmark = pytest.mark.browser
WHO = "analyst1"
SCREEN_SECONDS = 180
"""That a screening may take on a busy machine; nothing is measured by it."""


@pytest.fixture(scope="module")
def handed_over(tmp_path_factory) -> Path:
    """A made-up case, zipped."""
    place = tmp_path_factory.mktemp("trade")
    subprocess.run(
        [sys.executable, "-m", "zhoudao", "sample", "case", "refund", "--seed", "5", "--firms", "400",
         "--invoices", "4000", "--out", str(place / "case")],
        check=True,
    )  # fmt: skip
    with zipfile.ZipFile(place / "移交.zip", "w") as archive:
        for path in sorted((place / "case").rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(place / "case")))
    return place / "移交.zip"


@pytest.fixture(scope="module")
def case(enter_sample_case, house, environment, chromium, signed_in, handed_over) -> str:
    """The address of a case with its invoices screened."""
    worker = subprocess.Popen([sys.executable, "-m", "zhoudao", "worker"], env=environment)
    context = chromium.new_context(base_url=house, locale="zh-CN", storage_state=signed_in(WHO))
    context.set_default_timeout(SCREEN_SECONDS * 1000)
    page = context.new_page()
    try:
        root = enter_sample_case(page)
        page.goto(f"{root}trade/")
        with page.expect_navigation():
            page.set_input_files("#drop input[type=file]", handed_over)
        _until(page, lambda: page.locator(".trade-found a").count() > 0)
    finally:
        worker.terminate()
        worker.wait(30)
        context.close()
    return f"{root}trade/"


def _until(page: Page, holds: Any) -> None:
    for _ in range(SCREEN_SECONDS):
        if holds():
            return
        page.wait_for_timeout(1000)
        with suppress(Error):
            page.reload()
    pytest.fail(f"the page did not come to what was waited for: {page.inner_text('main')[:600]}")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_pages_are_readable_and_accessible(visit, screenshot, assert_accessible, case, size, language):
    page = visit(case, role=WHO, size=size, language=language)
    assert_accessible(page)
    screenshot(page, f"trade-start-{size}-{language}")
    page.locator(".trade-found a").first.click()
    page.locator("#network[data-ready]").wait_for()
    assert_accessible(page)
    screenshot(page, f"trade-found-{size}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


NAMES_WRITTEN = """
window.written = [];
const {fillText, clearRect} = CanvasRenderingContext2D.prototype;
const onLabels = (context) => context.canvas.className === "sigma-labels";
CanvasRenderingContext2D.prototype.clearRect = function (...at) {
  if (onLabels(this)) window.written.length = 0;
  return clearRect.apply(this, at);
};
CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
  const told = this.measureText(text);
  if (onLabels(this)) window.written.push({
    text, left: x, right: x + told.width,
    top: y - told.actualBoundingBoxAscent, bottom: y + told.actualBoundingBoxDescent,
  });
  return fillText.call(this, text, x, y, ...more);
};
"""


def _overlapping(written: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (one["text"], other["text"])
        for one, other in combinations(written, 2)
        if one["left"] < other["right"]
        and other["left"] < one["right"]
        and one["top"] < other["bottom"]
        and other["top"] < one["bottom"]
    ]


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_no_two_names_in_the_network_overlap(visit, case, size):
    page = visit(case, role=WHO, size=size)
    page.add_init_script(NAMES_WRITTEN)
    page.locator(".trade-found a").first.click()
    page.locator("#network[data-ready]").wait_for()
    stage = page.locator("#stage").bounding_box()
    exporters = [each["name"] for each in _nodes(page) if each["kind"] == "exporter"]
    for zoomed in (False, True):
        if zoomed:
            page.locator("#network").scroll_into_view_if_needed()
            page.locator("#stage").dblclick(position={"x": stage["width"] / 2, "y": stage["height"] / 2})
            page.wait_for_timeout(800)
        written = page.evaluate("window.written")
        assert len(written) >= 5
        assert _overlapping(written) == []
        assert all(each["left"] >= 0 and each["right"] <= stage["width"] for each in written)
        said = [each["text"].rstrip("…") for each in written]
        assert zoomed or all(any(name.startswith(one) for one in said) for name in exporters)


def test_names_give_way_to_the_more_important(visit, case):
    """A name takes another side of its dot before it is left out; one that insists lies over dots, never over names."""
    page = visit(case, role=WHO)
    page.locator(".trade-found a").first.click()
    page.locator("#network[data-ready]").wait_for()
    spots = page.evaluate(
        """async () => {
          const {placed} = await import(document.getElementById("network").dataset.labels);
          const at = (key, x, y, more) => ({key, x, y, radius: 5, wide: 60, high: 16, ...more});
          const stage = {wide: 200, high: 100};
          const ring = [[15, 0], [-15, 0], [0, 15], [0, -15], [15, 15], [15, -15], [-15, 15], [-15, -15]]
            .map(([x, y], n) => at(`ring${n}`, 100 + x, 50 + y));
          const shown = (...names) => Object.fromEntries(placed(names, stage));
          return {
            alone: shown(at("a", 50, 50)),
            edge: shown(at("a", 190, 50)),
            crowded: Object.keys(shown(at("a", 100, 50), ...ring)),
            insists: Object.keys(shown(at("a", 100, 50, {insists: true}), ...ring)),
            twice: Object.keys(shown(...Array.from("abcdefghijkl", (key) => at(key, 100, 50, {insists: true})))),
          };
        }"""
    )
    assert spots["alone"]["a"]["x"] > 50
    assert spots["edge"]["a"]["x"] + 60 < 190
    assert "a" not in spots["crowded"]
    assert "a" in spots["insists"]
    assert spots["twice"][0] == "a"
    assert len(spots["twice"]) < 12


def _nodes(page: Page) -> list[dict[str, Any]]:
    return json.loads(page.locator("#trade-data").text_content() or "{}")["nodes"]


def test_a_total_opens_its_raw_rows(visit, screenshot, assert_accessible, case):
    page = visit(case, role=WHO)
    page.locator(".trade-found a").first.click()
    total = page.locator(".trade-totals a").first
    said = total.inner_text()
    total.click()
    expect(page.locator("dl.tally")).to_contain_text(said)
    page.locator(".trade-rows summary").first.click()
    expect(page.locator(".trade-raw").first).to_be_visible()
    assert_accessible(page)
    screenshot(page, "trade-rows")


def test_the_picture_grows_a_step_at_a_time(visit, case):
    page = visit(case, role=WHO)
    page.locator(".trade-found a").first.click()
    page.select_option("#from", "2")
    page.locator("#widening form button").click()
    expect(page.locator(".trade-steps > li")).to_have_count(1)
    page.locator(".trade-walk .button").nth(1).click()
    expect(page.locator(".trade-steps > li")).to_have_count(2)
    assert page.locator(".trade-steps > li.current .trade-weight").count() > 0


def test_a_case_stands_among_the_findings_and_is_accepted_with_a_reason_and_taken_back(
    visit, case, screenshot, assert_accessible
):
    page = visit(case.replace("/trade/", "/findings/"), role=WHO)
    mine = page.locator(".finding-item", has_text="虚开骗税团伙").first
    assert_accessible(page)
    screenshot(page, "trade-among-findings")
    mine.locator("a").first.click()
    expect(page).to_have_url(re.compile(r"/trade/\d+/$"))
    page.locator("textarea[name=why]").fill("与移交材料相符")
    page.locator("button[value=accepted]").click()
    expect(page.locator(".decide")).to_contain_text("与移交材料相符")
    assert_accessible(page)
    page.locator(".decide form button").click()
    expect(page.locator("button[value=accepted]")).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_widen_rows_save_report_package(visit, case, size, screenshot, tmp_path):
    """The buttons of a case one after another, each with what it does."""
    page = visit(case, role=WHO, size=size)
    page.locator(".trade-found a").first.click()
    page.select_option("#from", "3")
    page.locator("#widening form button").click()
    expect(page.locator(".trade-walk strong")).to_contain_text("1")
    page.locator(".trade-walk a", has_text="到最后").click()
    assert page.locator(".trade-steps > li").count() > 5

    page.locator(".trade-canvas a").first.click()
    expect(page.locator(".trade-rows li, .trade-rows tr").first).to_be_visible()
    page.go_back()

    page.locator("#note").fill("与海关再核一次")
    page.locator("#note ~ button").click()
    expect(page.locator(".note").last).to_contain_text("与海关再核一次")
    page.select_option("#member", index=1)
    page.locator("#member ~ button").click()
    assert page.locator("#member").input_value()

    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        with page.expect_download() as taken:
            page.locator(f"a[href$='/report/{kind}/']").click()
        path = tmp_path / f"report.{kind}"
        taken.value.save_as(path)
        assert path.read_bytes().startswith(begins)
    page.locator("textarea[name=why]").fill("与移交材料相符")
    page.locator("button[value=accepted]").click()
    found = page.url
    page.locator("main a[href$='/packages/']", has_text="证据包").last.click()
    expect(page.locator("form [name=document_number]")).to_be_visible()
    screenshot(page, f"trade-packages-{size}")
    page.goto(found)
    page.locator(".decide form button").click()
