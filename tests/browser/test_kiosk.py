"""The touch screen of a kiosk, at its size: from the card to the slip, in network loss, and nothing left behind.

The kiosk's own process (`zhoudao kiosk serve`) runs beside the house, as on a kiosk's machine; its line to the
platform goes through a small proxy that can be cut either way.
"""

import csv
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
POINT, PHONE, DETAILS = "P048", "12800990001", "2019年从岱山迁入定海"
NUMBERS = count(901)
SMALLEST = 64
"""Pixels of what can be pressed, both ways."""


class Line(ThreadingHTTPServer):
    """Between kiosk and house: ``open``, or it loses what is asked, or what is answered."""

    daemon_threads = True
    state = "open"

    def __init__(self, house: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passes)
        self.house, self.passed = house, list[str]()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Passes(BaseHTTPRequestHandler):
    server: Line

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.state == "loses requests":
            return self.connection.close()
        headers = {name: value for name, value in self.headers.items() if name.startswith(("X-", "Content-T"))}
        request = urllib.request.Request(f"{self.server.house}{self.path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, said = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            status, said = refused.code, refused.read()
        self.server.passed.append(self.path)
        if self.server.state == "loses answers":
            return self.connection.close()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
        return None

    def log_message(self, *_: object) -> None:
        return None


@dataclass
class Kiosk:
    name: str
    home: Path
    line: Line
    environment: dict[str, str]
    card: dict[str, str]
    address: str = ""
    idle: int = 45
    process: subprocess.Popen[str] | None = field(default=None)

    @property
    def hardware(self) -> Path:
        return self.home / "hardware"

    def start(self) -> None:
        command = [sys.executable, "-m", "zhoudao", "kiosk", "serve", "--home", str(self.home)]
        port = self.address.rpartition(":")[2] or "0"
        options = ["--port", port, "--idle", str(self.idle), "--warning", "8"]
        self.process = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True, env=self.environment)
        self.address = self.process.stderr.readline().split()[-1].rstrip("/")

    def kill(self) -> None:
        """As a power cut does."""
        self.process.kill()
        self.process.wait(10)

    def lay_card(self, **change: str) -> None:
        (self.hardware / "card.json").write_text(json.dumps(self.card | change), encoding="utf-8")

    def slips(self) -> list[str]:
        return [file.read_text(encoding="utf-8") for file in sorted((self.hardware / "printed").iterdir())]


@pytest.fixture
def kiosk(house: str, environment: dict[str, str], tmp_path: Path) -> Iterator[Kiosk]:
    line = Line(house)
    name = f"K{next(NUMBERS)}"
    secret = zhoudao(environment, "kiosks", "prepare", POINT, name).strip()
    home = tmp_path / "kiosk"
    zhoudao(environment, "kiosk", "enrol", f"http://127.0.0.1:{line.server_port}", secret, "--home", str(home))
    residents = next((Path(environment["ZHOUDAO_VAR"]) / "sample").rglob("residents.csv"))
    with residents.open(encoding="utf-8-sig") as file:
        person = next(row for row in csv.DictReader(file) if row["identity_number"].startswith("33"))
    card = {"kind": "resident_id", "number": person["identity_number"], "name": person["name_zh"]}
    made = Kiosk(name, home, line, environment, card)
    made.start()
    yield made
    made.kill()
    line.shutdown()


@pytest.fixture
def stand(kiosk: Kiosk, visit_at):
    """Somebody before the kiosk. Its power goes off in some of these tests."""
    page = visit_at(kiosk.address, expect=("ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"))
    page.locator(".area").first.wait_for()
    return page


def zhoudao(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "zhoudao", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def applications(environment: dict[str, str]) -> set[str]:
    listed = json.loads(zhoudao(environment, "applications", "list", "--limit", "10000", "--json"))
    return {each["number"] for each in listed["applications"]}


def touch(page, name: str) -> None:
    """A touch that leads to another screen."""
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name).first.tap()


def to_the_check(page, kiosk: Kiosk) -> None:
    touch(page, "户政")
    touch(page, "户籍证明")
    touch(page, "开始")
    kiosk.lay_card()
    page.locator("legend").wait_for()
    touch(page, "户口迁移情况")
    page.locator("textarea").fill(DETAILS)
    touch(page, "下一步")
    page.locator(".keypad").wait_for()
    for digit in PHONE:
        page.locator(f"[data-key='{digit}']").tap()
    touch(page, "下一步")
    page.get_by_role("button", name="提交").wait_for()


def assert_typed_on_the_screen(page) -> None:
    """Words by the drawn keys: by touch, in the middle, in capitals, and with a keyboard's Tab and Enter only."""
    field = page.locator("textarea")
    for key in ("shift", "d", "a", "x", "n", "back", " ", "9"):
        page.locator(f".keyboard [data-key='{key}']").tap()
    assert field.input_value() == "Dax 9"
    field.evaluate("each => each.setSelectionRange(2, 3)")
    page.locator(".keyboard [data-key=i]").tap()
    assert field.input_value() == "Dai 9"
    page.locator(".keyboard [data-key='.']").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert field.input_value() == "Dai.  9", "where the caret stood"
    assert page.locator("[data-typed]").text_content()
    field.fill("")


def assert_high(page) -> None:
    """Whatever can be pressed is pressed with a glove."""
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("button, a, input:not([type=hidden]), textarea")]
        .filter((each) => each.checkVisibility() && !each.closest("dialog:not([open])"))
        .map((each) => [each.textContent.trim() || each.id, each.getBoundingClientRect()])
        .map(([name, box]) => [name, Math.round(box.width), Math.round(box.height)])"""
    )
    assert sizes != []
    assert [each for each in sizes if min(each[1:]) < SMALLEST] == []
    assert page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('.prompt')).fontSize)") >= 28


def assert_nothing_stays(page, kiosk: Kiosk) -> None:
    """Of the person, anywhere a next one could look."""
    held = page.evaluate(
        """async () => JSON.stringify([document.documentElement.outerHTML, {...localStorage}, {...sessionStorage},
        document.cookie, await indexedDB.databases(), await caches.keys()])"""
    )
    secrets = (kiosk.card["number"], kiosk.card["number"][-4:] + "<", kiosk.card["name"], DETAILS, PHONE)
    assert [each for each in secrets if each in held] == []
    assert page.context.cookies() == []
    assert page.evaluate("() => [localStorage.length, sessionStorage.length]") == [0, 0]
    on_disk = b"".join(file.read_bytes() for file in kiosk.home.rglob("*") if file.is_file())
    assert [each for each in secrets if each.encode() in on_disk] == []


def test_from_the_card_to_the_slip(stand, kiosk, assert_accessible, screenshot):
    seen = []

    def look(name: str) -> None:
        assert_accessible(stand)
        assert_high(stand)
        assert "语音提示" in stand.locator(".prompt").inner_text()
        screenshot(stand, f"kiosk-{name}")
        seen.append(name)

    look("home")
    touch(stand, "户政")
    stand.locator(".choice").first.wait_for()
    assert "亲属关系" not in stand.locator("main").inner_text(), "an item of windows and phones"
    look("items")
    touch(stand, "户籍证明")
    look("item")
    touch(stand, "开始")
    stand.locator(".hardware").wait_for()
    look("card")
    kiosk.lay_card()
    stand.locator("legend").wait_for()
    look("choice")
    touch(stand, "户口迁移情况")
    assert_typed_on_the_screen(stand)
    stand.locator("textarea").fill(DETAILS)
    look("words")
    touch(stand, "下一步")
    stand.locator(".keypad").wait_for()
    stand.locator("[data-key='1']").tap()
    touch(stand, "下一步")
    stand.locator("#wrong").wait_for()
    look("wrong")
    stand.locator("[data-key='back']").tap()
    for digit in PHONE:
        stand.locator(f"[data-key='{digit}']").tap()
    touch(stand, "下一步")
    stand.get_by_role("button", name="提交").wait_for()
    text = stand.locator("main").inner_text()
    assert kiosk.card["number"] not in text
    assert kiosk.card["number"][-4:] in text, "masked, and still one's own"
    look("check")
    touch(stand, "提交")
    stand.locator(".slip-number", has_text="A2026").wait_for(timeout=60_000)
    look("answer")
    number = stand.locator(".slip-number").inner_text()
    assert number in kiosk.slips()[-1]
    assert kiosk.card["name"] not in "".join(kiosk.slips())
    touch(stand, "办好了")
    stand.locator(".area").first.wait_for()
    assert_nothing_stays(stand, kiosk)
    stand.go_back()
    stand.wait_for_timeout(1500)
    assert_nothing_stays(stand, kiosk)
    assert len(seen) == 9


def test_whoever_walks_away_is_warned_and_then_nothing_of_them_is_left(
    stand, kiosk, assert_accessible, screenshot
):
    to_the_check(stand, kiosk)
    stand.locator("dialog[open]").wait_for(timeout=90_000)
    assert_accessible(stand)
    assert_high(stand)
    screenshot(stand, "kiosk-still-there")
    stand.get_by_role("button", name="继续办理").tap()
    stand.locator("dialog:not([open])").wait_for(state="attached")
    assert DETAILS in stand.locator("main").inner_text(), "whoever is still there goes on"
    stand.locator("dialog[open]").wait_for(timeout=90_000)
    stand.locator(".area").first.wait_for(timeout=60_000)
    assert_nothing_stays(stand, kiosk)
    assert not (kiosk.hardware / "card.json").exists(), "the card was given back"


def test_without_network_it_is_kept_and_is_one_application_in_the_end(
    stand, kiosk, environment, assert_accessible, screenshot
):
    before = applications(environment)
    to_the_check(stand, kiosk)
    kiosk.line.state = "loses answers"
    touch(stand, "提交")
    stand.locator(".slip-number").wait_for(timeout=60_000)
    assert_accessible(stand)
    screenshot(stand, "kiosk-kept")
    reference = stand.locator(".slip-number").inner_text()
    assert reference in kiosk.slips()[-1]
    kiosk.line.state = "loses requests"
    kiosk.kill()
    rows = list((kiosk.home / "journal" / "rows").iterdir())
    assert len(rows) == 1
    assert kiosk.card["number"].encode() not in rows[0].read_bytes()
    kiosk.start()
    kiosk.line.state = "open"
    stand.goto(kiosk.address)
    touch(stand, "查询没有编号的回执")
    for character in reference:
        stand.locator(f"[data-key='{character}']").tap()
    assert_accessible(stand)
    assert_high(stand)
    screenshot(stand, "kiosk-look-up")
    touch(stand, "查询")
    number = stand.locator(".slip-number", has_text="A2026")
    number.wait_for(timeout=60_000)
    sent = [path for path in kiosk.line.passed if "applications" in path]
    assert len(sent) > 1, "it was sent more than once"
    assert applications(environment) - before == {number.inner_text()}
    assert list((kiosk.home / "journal" / "rows").iterdir()) == []


def test_a_locked_kiosk_says_so_and_a_broken_reader_too(stand, kiosk, visit, screenshot, assert_accessible):
    (kiosk.hardware / "health.json").write_text('{"faults": ["reader"]}')
    stand.get_by_text("读卡器故障").first.wait_for(timeout=30_000)
    assert_accessible(stand)
    screenshot(stand, "kiosk-reader")
    (kiosk.hardware / "health.json").unlink()
    keeper = visit("/staff/kiosks/", role="kiosk_keeper")
    keeper.get_by_role("button", name=f"停用 {kiosk.name}").click()
    stand.get_by_text("本机暂停服务").first.wait_for(timeout=60_000)
    said = stand.locator("main").inner_text()
    assert said.count("暂停服务") == 2, "the prompt and the heading, and no third time"
    assert_accessible(stand)
    screenshot(stand, "kiosk-locked")


def test_in_english(stand, kiosk, assert_accessible, screenshot):
    touch(stand, "English")
    touch(stand, "Traffic")
    stand.locator(".choice").first.wait_for()
    assert_accessible(stand)
    screenshot(stand, "kiosk-items-en")
    touch(stand, "licence")
    touch(stand, "Start")
    stand.locator(".hardware").wait_for()
    kiosk.lay_card()
    stand.locator(".keypad").wait_for()
    assert_accessible(stand)
    assert_high(stand)
    screenshot(stand, "kiosk-date-en")
    touch(stand, "End")
    stand.get_by_role("button", name="户政").wait_for()
    assert_nothing_stays(stand, kiosk)
