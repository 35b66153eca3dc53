"""The people of `city_day.py`: each kind asks at a stated rate, and remembers what it was told.

The rates are open: who comes does not wait for the one before.
"""

from __future__ import annotations

import csv
import hashlib
import heapq
import io
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from city_day_kiosks import Kiosk
from city_day_person import GivenUp, Person, Refused, Told

AN_HOUR = {
    "search": 9_000,
    "soonest": 5_400,
    "ticket": 1_800,
    "window": 1_200,
    "work list": 1_800,
    "application": 600,
    "officer's step": 400,
    "kiosk's application": 300,
    "kiosk's beat": 720,
    "import": 60,
}
"""How many of each in the busiest hour of a city of a million: its busiest day, come all at once."""
HANDS = {"search": 8, "soonest": 6, "ticket": 4}
"""How many of them at most wait for an answer at the same time; of those who sign in, as many as there are."""
WORDS = (
    "身份证丢了",
    "办护照要带什么",
    "年检",
    "居住证",
    "驾驶证到期",
    "shenfenzheng",
    "lost ID card",
    "港澳通行证",
)
CENTRES = ((122.106, 30.028), (122.198, 29.994), (122.301, 29.951), (122.21, 30.244), (122.45, 30.72))
ITEM = "residence-permit"
ANSWERS = {
    "since": "2026-01-05", "address": "样例路 12 号 301 室", "basis": "study", "school": "海岛学校",
    "phone": "12800990001",
}  # fmt: skip
FORM = re.compile(r'name="form" value="([^"]+)"')
VERSION = re.compile(r'/(accept|approve|issue)/"[^>]*>.*?name="version" value="(\d+)"', re.DOTALL)
SIT = re.compile(r'action="(/staff/window/sit/[^"]+)"')
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


# What each does -----------------------------------------------------------------------------------------------------


class Crowd:
    """Everyone, and the pools they come from."""

    def __init__(
        self, house: str, accounts: list[dict[str, Any]], residents: Path, case: str, told: Told, seed: int
    ) -> None:
        self.house, self.told, self.random, self.case = house, told, random.Random(seed), case
        self.accounts = accounts
        with residents.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.documents: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row["document_kind"] == "resident_id":
                self.documents[row["district"]].append(row["identity_number"])
        self.hall = ""
        self.services: list[str] = []
        self.local = threading.local()
        self.free: dict[str, list[Any]] = defaultdict(list)
        """By action: those who are there for it, and not at it."""

    def gather(self, kiosks: dict[str, str]) -> None:
        """Everyone who signs in does so before the day begins, each once; who does two things has two tabs."""
        stand = [Kiosk(self.house, self.told, code, secret) for code, secret in kiosks.items()]
        self.free["kiosk's beat"], self.free["kiosk's application"] = list(stand), list(stand)
        clerks, reviewers = self._of("clerk"), self._of("reviewer")
        at_window, at_papers = clerks[:1], clerks[1:3]
        who = {
            "window": at_window,
            "application": [*at_papers, *at_papers],
            "officer's step": [*at_papers, *reviewers[1:3]],
            "work list": reviewers,
            "import": [each for each in self.accounts if each["user"] == "analyst1"],
        }
        signed_in: dict[str, Person] = {}
        for action, accounts in who.items():
            for account in accounts:
                if account["user"] not in signed_in:
                    signed_in[account["user"]] = Person(self.house, self.told, action)
                    signed_in[account["user"]].sign_in(account)
                self.free[action].append(signed_in[account["user"]].tab(action))
        self._open_windows()
        self.free["import"][0].post(f"/desk/cases/{self.case}/enter/", {"purpose": "import", "note": ""})
        self.told.began = time.monotonic()

    def _of(self, role: str) -> list[dict[str, Any]]:
        return [each for each in self.accounts if each["role"] == role]

    def _open_windows(self) -> None:
        """The first sits where the page lets them; the tickets are drawn there."""
        seated = []
        for person in self.free["window"]:
            free = [way for way in SIT.findall(person.get("/staff/window/").text) if self.hall in way]
            if free:
                person.post(free[0])
                self.hall = self.hall or f"/{free[0].split('/')[4]}/"
                seated.append(person)
        self.free["window"] = seated
        page = Person(self.house, self.told, "ticket").get(f"/points{self.hall}ticket/?at=door").text
        self.services = re.findall(r'name="service" value="([^"]+)"', page)
        if not self.services:
            raise SystemExit(f"city_day: {self.hall} gives no tickets now")

    @staticmethod
    def _location(answer: requests.Response) -> str:
        return answer.headers.get("Location", "")

    def _visitor(self, action: str) -> Person:
        if not hasattr(self.local, "visitor"):
            self.local.visitor = Person(self.house, self.told, action)
        return self.local.visitor

    def _spot(self) -> str:
        lon, lat = self.random.choice(CENTRES)
        return f"lon={lon + self.random.uniform(-0.004, 0.004):.5f}&lat={lat + self.random.uniform(-0.004, 0.004):.5f}"

    def search(self) -> None:
        self._visitor("search").get("/search", params={"q": self.random.choice(WORDS)})

    def soonest(self) -> None:
        words = requests.utils.quote(self.random.choice(WORDS))
        self._visitor("soonest").get(f"/api/v1/soonest?q={words}&{self._spot()}&limit=5")

    def ticket(self) -> None:
        person, page = self._visitor("ticket"), f"/points{self.hall}ticket/?at=door"
        form = FORM.search(person.get(page).text)
        if form is None:
            raise Refused("no form", None)
        try:
            taken = person.post(page, {"service": self.random.choice(self.services), "form": form[1]})
        except (GivenUp, Refused):
            with self.told.lock:
                self.told.tickets_unknown += 1
            raise
        with self.told.lock:
            self.told.tickets.append(self._location(taken).split("/")[2])

    def window(self, person: Person) -> None:
        """Call one, greet them, let them go."""
        found = TICKET.search(person.get("/staff/window/").text)
        if found is None:
            person.post("/staff/window/call/")
            found = TICKET.search(person.get("/staff/window/").text)
        if found is None:
            return
        for verb in ("begin", "close"):
            try:
                person.post(f"/staff/window/{verb}/", {"ticket": found[1]})
            except Refused:  # pressed again after an answer that was lost: it has been done
                if not self.told.troubles["window"]:
                    raise
        with self.told.lock:
            self.told.served.append(found[1])

    def work_list(self, person: Person) -> None:
        person.get("/staff/applications/cases/", params={"part": self.random.choice(("to-do", "all"))})

    def application(self, person: Person) -> None:
        """At the window, for somebody who stands there: every answer, every paper, and the receipt."""
        document = self.documents[person.district].pop()
        begun = person.post("/staff/applications/enter/", {"document": document, "item": ITEM})
        uid = self._location(begun).split("/")[3]
        person.post(f"/apply/draft/{uid}/save/", ANSWERS)
        photo = {"file": ("photo.jpg", _photo(self.random), "image/jpeg")}
        person.post(f"/apply/draft/{uid}/paper/photo/", files=photo)
        person.post(f"/apply/draft/{uid}/paper/proof/", {"instead": "seen"})
        sent = self._location(person.post(f"/apply/draft/{uid}/check/"))
        if not sent.endswith("/receipt/"):
            raise Refused(f"sent to {sent}", None)
        with self.told.lock:
            self.told.applications[uid] = sent.split("/")[2]

    def officers_step(self, person: Person) -> None:
        taken = self._location(person.post("/staff/applications/next/"))
        number = taken.rstrip("/").rsplit("/", 1)[-1]
        if not re.fullmatch(r"A\d{8}-\d+", number):
            return
        case = f"/staff/applications/cases/{number}/"
        person.post(case, {"purpose": "审核"})
        found = VERSION.search(person.get(case).text)
        if found is None:
            return
        person.post(f"{case}{found[1]}/", {"version": found[2]})
        with self.told.lock:
            self.told.steps.append((number, found[1]))

    def kiosks_application(self, kiosk: Kiosk) -> None:
        documents = self.documents[
            self.random.choice([each for each, left in self.documents.items() if left])
        ]
        kiosk.hand_in(documents.pop())

    def import_(self, person: Person) -> None:
        """One bank's statement; then the ledger is made anew."""
        content, rows = _statement(self.random)
        upload = {"files": ("样例银行/流水.csv", content, "text/csv")}
        at = f"/desk/cases/{self.case}/evidence"
        answer = person.post(f"{at}/upload/", files=upload, headers={"X-Requested-With": "fetch"}).json()
        if answer["kept"] + answer["again"] != 1:
            raise Refused(f"kept {answer}", None)
        with self.told.lock:
            self.told.files[hashlib.sha256(content).hexdigest()] = rows
        self._clean(person)

    def clean_once_more(self) -> None:
        """After the day: the ledger of all files."""
        self._clean(self.free["import"][0])

    def _clean(self, person: Person) -> None:
        try:
            person.post(f"/desk/cases/{self.case}/evidence/clean/")
        except Refused:  # one is running: whoever comes next asks again
            return

    # The day --------------------------------------------------------------------------------------------------------

    def live(self, rate: float, over: Callable[[], bool]) -> None:
        """Everyone at their rate until it is over; returns when the last answer has come."""
        actions: dict[str, Callable[..., None]] = {
            "search": self.search, "soonest": self.soonest, "ticket": self.ticket, "window": self.window,
            "work list": self.work_list, "application": self.application, "officer's step": self.officers_step,
            "kiosk's application": self.kiosks_application, "kiosk's beat": lambda kiosk: kiosk.beat(),
            "import": self.import_,
        }  # fmt: skip
        pools = {name: ThreadPoolExecutor(HANDS.get(name) or len(self.free[name])) for name in actions}
        for due, name in arrivals(rate, random.Random(self.random.random())):
            while (wait := self.told.began + due - time.monotonic()) > 0:
                time.sleep(min(wait, 1.0))
            if over():
                break
            pools[name].submit(self._do, name, actions[name], due)
        for pool in pools.values():
            pool.shutdown()

    def _do(self, name: str, action: Callable[..., None], due: float) -> None:
        person = None
        try:
            if name in self.free:
                with self.told.lock:
                    person = self.free[name].pop(0)
                action(person)
            else:
                action()
            took = time.monotonic() - self.told.began - due
            with self.told.lock:
                self.told.asked[name].append((due, took))
        except GivenUp:
            with self.told.lock:
                self.told.given_up[name].append(due)
        except Refused as no:
            with self.told.lock:
                self.told.refused[f"{name}: {no.args[0]}"] += 1
        except Exception as problem:  # ours: it must not be lost in a thread
            with self.told.lock:
                self.told.refused[f"{name}: {problem!r}"[:150]] += 1
        finally:
            if person is not None:
                with self.told.lock:
                    self.free[name].append(person)


def arrivals(rate: float, chance: random.Random) -> Iterator[tuple[float, str]]:
    """When who comes, in order and without end: each kind at random moments at its rate."""

    def coming(name: str, own: random.Random) -> Iterator[tuple[float, str]]:
        at = 0.0
        while True:
            at += own.expovariate(AN_HOUR[name] * rate / 3600)
            yield at, name

    return heapq.merge(*(coming(name, random.Random(chance.random())) for name in AN_HOUR))


def _photo(chance: random.Random) -> bytes:
    """A picture of the size that is asked for, no two alike."""
    from PIL import Image

    image = Image.new("RGB", (420, 560), tuple(chance.randrange(256) for _ in range(3)))
    for _ in range(16):
        image.putpixel((chance.randrange(420), chance.randrange(560)), (chance.randrange(256), 0, 0))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def _statement(chance: random.Random) -> tuple[bytes, int]:
    """A bank's statement as CSV, no two alike, and how many rows it has."""
    account, rows = f"6299{chance.randrange(10**12):012}", chance.randrange(300, 600)
    balance = 10_000_000
    lines = ["交易卡号,户名,交易时间,交易金额,交易余额,收付标志,对手账号,对手户名,摘要,币种,流水号"]
    for n in range(rows):
        amount = chance.randrange(100, 50_000)
        into = chance.random() < 0.6
        balance += amount if into else -amount
        when = f"2026-{5 + n // 100:02}-{1 + n % 100 // 5:02} {8 + n % 10:02}:{chance.randrange(60):02}:00"
        lines.append(
            f"{account},样例甲,{when},{amount}.00,{balance}.00,{'进' if into else '出'},"
            f"6299{chance.randrange(10**12):012},样例乙,货款,人民币,{account[-6:]}{n:06}"
        )
    return ("\n".join(lines) + "\n").encode(), rows
