"""Walking the real pages in a real browser: `make browser`, or `.venv/bin/pytest -m browser tests/browser`.

The whole application is served by granian as in production (hashed static files, content security policy,
its own database with the small sample city) and opened in Chromium. A test asks for ``visit``::

    @pytest.mark.browser
    def test_the_answer_is_readable(visit, assert_accessible):
        page = visit("/search?q=身份证丢了", size="phone", language="zh-hans")
        assert_accessible(page)

    @pytest.mark.browser
    def test_a_clerk_sees_the_applications(visit):
        page = visit("/staff/applications/", role="clerk")

Every page opened by ``visit`` is watched: a request to another origin, a script error or a refusal by the
content security policy fails the test when it ends. ``CHROMIUM`` names another browser, ``ZHOUDAO_URL`` a
house that runs already, and ``ZHOUDAO_URL_VAR`` where it keeps its things.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b32decode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[2]
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
SCREENSHOTS = CHECKOUT / "var" / "screenshots"
SIZES = {
    "phone": {"width": 390, "height": 844},
    "desk": {"width": 1440, "height": 900},
    "kiosk": {"width": 1080, "height": 1920},
}
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
MOMENT = "fixed:2026-11-24T09:00:00+08:00"
CHROMIUM_FLAGS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL for the map, on a machine without a graphics card
    "--disable-dev-shm-usage",
    "--disable-features=LocalNetworkAccessChecks",  # a made host frames the house, which is on this machine
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
]
Visit = Callable[..., Page]


# The house --------------------------------------------------------------------------------------------------
# -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the house runs with: a home of its own, and the sample city's clock standing still."""
    if "ZHOUDAO_URL" in os.environ:  # the suite's own home and database are not that house's
        there = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return there | {"ZHOUDAO_VAR": os.environ["ZHOUDAO_URL_VAR"]}
    kept = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ZHOUDAO_DEBUG")
    }
    var = tmp_path_factory.mktemp("house")
    return kept | {"ZHOUDAO_VAR": str(var), "ZHOUDAO_CLOCK": MOMENT, "ZHOUDAO_LOG_LEVEL": "WARNING"}


@pytest.fixture(scope="session")
def house(environment: dict[str, str]) -> Iterator[str]:
    """The address of the running application."""
    if "ZHOUDAO_URL" in os.environ:
        yield os.environ["ZHOUDAO_URL"].rstrip("/")
        return
    zhoudao(environment, "translations", "compile")
    zhoudao(environment, "manage", "migrate", "--verbosity", "0")
    zhoudao(environment, "manage", "collectstatic", "--noinput", "--verbosity", "0")
    zhoudao(environment, "sample", "build", "--size", "small")
    with _served(environment) as address:
        yield address


@pytest.fixture(scope="session")
def serve(house: str) -> Callable[[dict[str, str]], AbstractContextManager[str]]:
    """``with serve(environment | {...}) as address``: the same house once more, with other settings."""
    return _served


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = Path(environment["ZHOUDAO_VAR"]) / f"server-{port}.log"
    options = ["--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "granian", *options, "zhoudao.asgi:application"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_it_answers(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(20)


def zhoudao(environment: dict[str, str], *arguments: str) -> str:
    """Run the command in the house's environment; its standard output."""
    command = [sys.executable, "-m", "zhoudao", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        pytest.fail(f"zhoudao {' '.join(arguments)} failed ({done.returncode}):\n{said}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_it_answers(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the server did not answer at {address}/healthz:\n{log.read_text()[-3000:]}")


# The browser ------------------------------------------------------------------------------------------------
# -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists():
        pytest.fail(f"{path} does not exist: install Debian's chromium, or name a browser in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, house: str) -> None:
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(house))
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def attach(self, page: Page) -> None:
        page.on("request", lambda request: self._asked(request.url))
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("console", lambda message: self._said(message.type, message.text, message.location))

    def expect(self, part: str) -> None:
        """This test provokes complaints that contain ``part``."""
        self.expected.append(part)

    @property
    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(part in said for part in self.expected)]

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", "data:", f"blob:{self.origin}/")):
            self.elsewhere.append(url)

    def _said(self, kind: str, text: str, where: dict[str, Any]) -> None:
        # The browser reports a refused page (403, 404) as an error too; tests of refusals look at the page
        # itself.
        if kind == "error" and "Failed to load resource: the server responded with a status of 4" not in text:
            self.complaints.append(f"{text} ({where['url']}:{where['lineNumber']}:{where['columnNumber']})")


@pytest.fixture
def watch(house: str) -> Watch:
    return Watch(house)


@pytest.fixture
def visit(house: str, chromium: Browser, watch: Watch, signed_in: Callable[[str], Any]) -> Iterator[Visit]:
    """Open a path and return the page: ``visit("/look", size="phone", language="en", theme="dark")``.

    ``role`` signs in first, as the sample's first account of that role (or as the user of that name).
    """
    contexts: list[BrowserContext] = []

    def open_page(
        path: str,
        size: str = "desk",
        language: str = "zh-hans",
        theme: str = "light",
        role: str = "",
        **options: Any,
    ) -> Page:
        context = chromium.new_context(
            base_url=house,
            viewport=SIZES[size],
            locale=LOCALES[language],
            color_scheme=theme,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            has_touch=size != "desk",
            is_mobile=size == "phone",
            storage_state=signed_in(role) if role else None,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        watch.attach(page)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch.elsewhere == [], "a page asked another origin"
    assert watch.unexpected == [], "a page complained in its console"


@pytest.fixture
def visit_at(chromium: Browser) -> Iterator[Visit]:
    """A page of another server of ours, such as a kiosk's: ``visit_at(address, size="kiosk", expect=["ERR_"])``.

    It is watched as those of ``visit`` are; ``expect``: parts of complaints that the test provokes.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_page(address: str, size: str = "kiosk", expect: tuple[str, ...] = ()) -> Page:
        watch = Watch(address)
        watch.expected += expect
        context = chromium.new_context(
            viewport=SIZES[size], locale=LOCALES["zh-hans"], timezone_id="Asia/Shanghai", has_touch=True
        )
        opened.append((context, watch))
        page = context.new_page()
        watch.attach(page)
        page.goto(address)
        return page

    yield open_page
    for context, watch in opened:
        context.close()
        assert watch.elsewhere == [], "a page asked another origin"
        assert watch.unexpected == [], "a page complained in its console"


@pytest.fixture(scope="session")
def sign_ins(house: str, environment: dict[str, str]) -> list[dict[str, Any]]:
    """The sample's accounts: user, role, password, second_factor_secret."""
    return json.loads(zhoudao(environment, "sample", "sign-ins", "--json"))


@pytest.fixture(scope="session")
def signed_in(house: str, chromium: Browser, request: pytest.FixtureRequest) -> Callable[[str], Any]:
    """The cookies of an account, by role or user name, signed in once: a code works only once."""
    cookies: dict[str, Any] = {}

    def cookies_of(who: str) -> Any:
        if who not in cookies:
            accounts = request.getfixturevalue("sign_ins")
            account = next(one for one in accounts if who in (one["user"], one["role"]))
            context = chromium.new_context(base_url=house, locale="en-GB")
            page = context.new_page()
            _sign_in(page, account)
            cookies[who] = context.storage_state()
            context.close()
        return cookies[who]

    return cookies_of


def _sign_in(page: Page, account: dict[str, Any]) -> None:
    page.goto("/account/sign-in/")
    page.locator("main input[name=username]").fill(account["user"])
    page.locator("main input[name=password]").fill(account["password"])
    page.locator("main form button").first.click()
    if account["second_factor_secret"]:
        page.wait_for_url("**/second-factor/**")
        code = TOTP(b32decode(account["second_factor_secret"])).token()
        page.locator("main input[type=text], main input[inputmode=numeric]").first.fill(f"{code:06}")
        page.locator("main form button").first.click()
    page.wait_for_load_state("networkidle")
    assert "sign-in" not in page.url
    assert "second-factor" not in page.url


# What tests ask of a page -----------------------------------------------------------------------------------
# ------------------------------------------------------------------------------------------


@pytest.fixture
def assert_same_origin(watch: Watch) -> Callable[[], None]:
    """Fail now, not only at the end, if any page has asked another origin."""

    def check() -> None:
        assert watch.elsewhere == []

    return check


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """axe-core finds nothing serious or critical, and the page does not scroll sideways."""

    def check(page: Page) -> None:
        # Injected through the protocol, not as a script element: the page's policy stays in force.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        assert len(result["passes"]) > 0, "axe checked nothing"
        found = [
            f"{violation['impact']}: {violation['id']}: {violation['help']}: {node['html'][:120]}"
            for violation in result["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]
        assert found == []
        overflow = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"the page scrolls sideways by {overflow} px"

    return check


@pytest.fixture(scope="session")
def run(house, environment) -> Callable[[str], str]:
    """Runs a few lines of Python inside the house."""

    def do(code: str) -> str:
        command = [sys.executable, "-m", "zhoudao", "manage", "shell", "--no-imports", "-c", code]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    return do


@pytest.fixture(scope="session")
def holder(sign_ins) -> str:
    """Somebody who holds certificates: a resident's account."""
    return next(account["user"] for account in sign_ins if account["role"] == "resident")


@pytest.fixture(scope="session")
def enter_sample_case() -> Callable[[Page], str]:
    """Into the sample's own case, the first of the year, whatever other tests opened beside it; gives its address. Who
    is in already isn't asked again."""

    def enter(page: Page) -> str:
        page.goto("/desk/cases/")
        root = page.locator("main table a[href$='-0001/']").first.get_attribute("href")
        assert root is not None
        page.goto(root)
        if "/enter/" in page.url:
            page.locator("main input[type=radio]").nth(1).check(force=True)
            page.locator("main form button").first.click()
            page.wait_for_load_state("networkidle")
        return root

    return enter


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """Keep a picture in var/screenshots, for people to look at."""

    def take(page: Page, name: str) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take
