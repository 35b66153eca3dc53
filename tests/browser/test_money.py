"""An analyst follows the sample case's money: the graph stays still, every edge opens its raw lines in two clicks."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

pytestmark = pytest.mark.browser
WHO = "analyst1"
LEDGER_SECONDS = 120_000
"""Milliseconds that cleaning and a search may take on a busy machine; nothing is measured by it."""


@pytest.fixture(scope="module")
def case(enter_sample_case, house, environment, chromium, signed_in) -> str:
    """The sample case's address, with all of its files cleaned and its rings found."""
    worker = subprocess.Popen([sys.executable, "-m", "zhoudao", "worker"], env=environment)
    context = chromium.new_context(base_url=house, locale="zh-CN", storage_state=signed_in(WHO))
    context.set_default_timeout(LEDGER_SECONDS)
    page = context.new_page()
    try:
        root = enter_sample_case(page)
        page.goto(f"{root}evidence/")
        files = next(Path(environment["ZHOUDAO_VAR"]).rglob("case-files.zip"))
        _until(page, lambda: page.locator(".tally-kept").count() > 0)
        with page.expect_navigation():  # when all are in, the page shows itself anew
            page.set_input_files("#drop input[type=file]", files)
        _until(page, lambda: "第 2 版" in page.inner_text("main"))
        page.goto(f"{root}findings/search/flows.rings/")
        page.locator("main form button").last.click()
        page.wait_for_load_state("networkidle")
        page.goto(f"{root}money/rings/")
        _until(page, lambda: page.locator("table a[href*='/money/rings/']").count() > 0)
    finally:
        worker.terminate()
        worker.wait(30)
        context.close()
    return root


def _until(page: Page, holds: Any) -> None:
    for _ in range(LEDGER_SECONDS // 1000):
        if holds():
            return
        page.wait_for_timeout(1000)
        with suppress(Error):  # a page that shows progress loads itself anew, perhaps at this very moment
            page.reload()
    pytest.fail(f"the page did not come to what was waited for: {page.inner_text('main')[:600]}")


@pytest.fixture
def follow(visit, case):
    """``follow(0)``: the graph of the busiest account; 1 where its money went, 2 where it came from."""

    def go(link: int, **options: Any) -> Page:
        page = visit(f"{case}money/", role=WHO, **options)
        page.locator(".money-follow a").nth(link).click()
        page.wait_for_load_state("networkidle")
        return page

    return go


def drawn(page: Page) -> dict[str, list[float]]:
    """Where each account is drawn."""
    page.locator("#graph[data-ready]").wait_for()
    return page.evaluate(
        "() => Object.fromEntries(document.getElementById('graph').money.graph"
        ".mapNodes((key, each) => [key, [each.x, each.y]]))"
    )


def edges(page: Page) -> int:
    """Edges that are to be seen."""
    return page.evaluate(
        "() => document.getElementById('graph').money.graph.filterEdges((key, each) => !each.hidden).length"
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize(("link", "name"), [(0, "graph"), (1, "trace"), (2, "back")])
def test_every_view_is_readable(follow, assert_accessible, screenshot, size, language, link, name):
    page = follow(link, size=size, language=language)
    if name == "graph":
        assert len(drawn(page)) > 5
    else:
        assert page.locator(".money-layers").is_visible()
    assert_accessible(page)
    screenshot(page, f"money-{name}-{size}-{language}")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_frozen_money_is_worked_out_for_the_ticked_victims(follow, assert_accessible, screenshot, size):
    page = follow(3, size=size)
    page.locator("#frozen").fill("20000")
    page.locator("#at").fill("2027-01-01T09:00")
    for at in range(3):
        page.locator("input[name=transfer]").nth(at).check()
    page.locator("#return .ask-go button").click()
    expect(page.locator(".money-dues")).to_be_visible()
    assert page.locator("input[name=transfer]:checked").count() == 3
    assert_accessible(page)
    screenshot(page, f"money-return-{size}")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_ring_is_a_clock(visit, case, assert_accessible, screenshot, size, theme):
    page = visit(f"{case}money/rings/", role=WHO, size=size, theme=theme)
    assert_accessible(page)
    page.locator("table a[href*='/money/rings/']").first.click()
    assert page.locator(".money-clock").is_visible()
    assert_accessible(page)
    screenshot(page, f"money-ring-{size}-{theme}")


def test_what_stands_stays_when_an_account_is_opened_and_the_brush_moves(follow, screenshot):
    page = follow(0)
    before, seen = drawn(page), edges(page)
    page.locator("[data-opens-account]").nth(1).click()
    expect(page.locator("#accounts-table tbody tr").nth(len(before))).to_be_attached()
    after = drawn(page)
    assert len(after) > len(before)
    assert {ref: after[ref] for ref in before} == before
    more = edges(page)
    assert more > seen
    page.locator("#brush-to").focus()
    for _ in range(80):
        page.keyboard.press("ArrowLeft")
    assert edges(page) < more
    assert drawn(page) == after
    said = page.inner_text("#brush-said")
    first, last = re.findall(r"\d{4}-\d\d-\d\d", said)
    shown = page.locator("#links-table tbody tr:not(.faded) td.amount a").first
    assert f"last={last}" in shown.get_attribute("href")
    assert first < last
    screenshot(page, "money-graph-brushed")
    page.locator("[data-do=whole]").click()
    assert edges(page) == more


def test_an_edge_opens_its_raw_line_in_two_clicks(follow, screenshot):
    page = follow(0)
    drawn(page)
    page.locator("#stage").scroll_into_view_if_needed()
    spot = page.evaluate(
        """() => {
          const { graph, sigma } = document.getElementById("graph").money;
          const size = (edge) => graph.getEdgeAttribute(edge, "size");
          const edge = graph.edges().sort((a, b) => size(b) - size(a))[0];
          const [a, b] = graph.extremities(edge).map((key) => sigma.graphToViewport(graph.getNodeAttributes(key)));
          const stage = document.getElementById("stage").getBoundingClientRect();
          return [stage.x + (a.x + b.x) / 2, stage.y + (a.y + b.y) / 2, graph.getEdgeAttribute(edge, "type")];
        }"""
    )
    assert spot[2] == "straight"
    page.mouse.click(spot[0], spot[1])
    page.locator("#raw-panel .link-rows a").first.click()
    expect(page.locator("#raw-panel")).to_contain_text("SHA-256")
    expect(page.locator("#raw-panel .raw-wanted").first).to_be_visible()
    screenshot(page, "money-graph-raw")
    page.keyboard.press("Escape")
    expect(page.locator("#raw-panel")).to_be_empty()


def test_a_number_opens_its_raw_line_in_two_clicks(follow):
    page = follow(1)
    page.locator("#accounts + .table-scroll td.number a").first.click()
    page.wait_for_load_state("networkidle")
    page.locator(".ledger .row-open").first.click()
    expect(page.locator("#raw-panel .raw-wanted").first).to_be_visible()


def test_leaves_fold_into_one_and_unfold(follow, screenshot):
    page = follow(0)
    before = drawn(page)
    opened = page.locator("#accounts-table tbody tr").first.get_attribute("data-ref")
    page.evaluate("(ref) => document.getElementById('graph').money.choose(ref)", opened)
    page.locator("[data-card=fold]").click()
    folded = drawn(page)
    assert len(folded) < len(before)
    assert any(key.startswith("group:") for key in folded)
    screenshot(page, "money-graph-folded")
    page.locator("[data-card=unfold]").click()
    assert drawn(page) == before


def test_a_view_is_saved_into_the_case_and_opens_as_it_was(follow, visit, case, assert_accessible):
    page = follow(0)
    page.locator("[data-opens-account]").nth(1).click()
    expect(page.locator("#graph")).not_to_have_attribute("aria-busy", "true")
    page.locator("#accounts-table input").nth(2).check()
    page.locator("#accounts-table input").nth(3).check()
    page.locator("[data-do=fold-ticked]").click()
    before = drawn(page)
    page.locator(".money-save summary").click()
    page.fill("#view-title", "夜间回环")
    page.locator(".money-save form button").click()
    page.wait_for_load_state("networkidle")
    assert "view=" in page.url
    after = drawn(page)
    assert after.keys() == before.keys()
    assert all(abs(after[key][axis] - before[key][axis]) < 0.001 for key in before for axis in (0, 1))
    listed = visit(f"{case}money/", role=WHO)
    expect(listed.locator(".money-views")).to_contain_text("夜间回环")
    assert_accessible(listed)


@pytest.mark.parametrize("kind", ["SVG", "PNG", "PDF"])
@pytest.mark.parametrize("of", ["graph", "trace", "ring"])
def test_pictures_are_taken_out(follow, visit, case, of, kind):
    if of == "ring":
        page = visit(f"{case}money/rings/", role=WHO)
        page.locator("table a[href*='/money/rings/']").first.click()
    else:
        page = follow(["graph", "trace"].index(of))
    if of == "graph":
        drawn(page)
    with page.expect_download() as coming:
        page.locator(".money-formats").get_by_text(kind, exact=True).click()
    assert coming.value.suggested_filename.endswith(kind.lower())
    content = Path(coming.value.path()).read_bytes()
    assert content.startswith({"SVG": b"<svg", "PNG": b"\x89PNG", "PDF": b"%PDF"}[kind])


def test_without_scripts_the_tables_remain(visit, case):
    page = visit(f"{case}money/", role=WHO, java_script_enabled=False)
    page.locator(".money-follow a").first.click()
    assert page.locator("#graph").is_hidden()
    assert page.locator("#links-table tbody tr").count() > 3
    page.locator("#accounts-table [data-opens-account]").nth(1).click()
    assert page.url.count("account=") == 2
    page.locator("#links-table td.amount a").first.click()
    assert page.locator(".ledger .row-open").count() > 0
