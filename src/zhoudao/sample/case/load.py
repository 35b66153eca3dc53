"""The case in the database, opened by the sample's first analyst; and the files that are ready to be dropped."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from zhoudao.core import clock
from zhoudao.core.people.models import User
from zhoudao.desk.cases import actions as cases
from zhoudao.desk.cases.actions import Paper
from zhoudao.desk.cases.actions.requests import Asked
from zhoudao.desk.cases.models import Case
from zhoudao.desk.cases.rules import Basis, Duty, Measure, Offence, Period, Purpose
from zhoudao.desk.evidence import actions as evidence
from zhoudao.sample.case import files, story

LEAD, OTHERS = "analyst1", {"analyst2": Duty.ANALYST, "tax_officer1": Duty.TAX_OFFICER}
TOKEN = "5a11e0ca5e".ljust(32, "0")
"""Of the form that would have opened it: loading twice opens it once."""
ZIP = "case-files.zip"
FIRST = 2
"""Files that are in the case already; the others wait in the zip to be dropped."""


def load(seed: int) -> Case | None:
    """Open the case with two of its files in it; None where the sample has no analyst. Loading again
    changes nothing."""
    users = {user.username: user for user in User.objects.filter(username__in=[LEAD, *OTHERS])}
    if LEAD not in users:
        return None
    earlier = Case.objects.filter(token=TOKEN).first()
    if earlier is not None:
        return earlier
    lead = users[LEAD].as_actor("command")
    today = clock.local(clock.now()).date()
    case = cases.open_case(
        lead,
        title="“望潮”资金案（样例）",
        offence=Offence.UNDERGROUND_BANK,
        basis=Basis.ACCEPTED,
        purpose="查清四个账户之间的资金去向，找出收款人。",
        expires_on=today + timedelta(days=90),
        paper=Paper("样公（经）受案字〔2026〕101号", today - timedelta(days=20), _scan()),
        token=TOKEN,
    )
    cases.enter(lead, case.number, Purpose.IMPORT)
    for username, duty in OTHERS.items():
        if username in users:
            cases.add_member(lead, case.number, username, duty)
    told = story.tell(seed)
    period = Period(date(2026, 5, 1), date(2026, 10, 31))
    for place, bank in enumerate(("甲", "乙", "丙"), 1):
        accounts = [account.number for account in told.asked if account.bank == bank]
        asked = Asked(Measure.QUERY, f"样例{bank}银行", accounts, period)
        cases.register_request(lead, case.number, asked, Paper(f"样公（经）调证字〔2026〕{230 + place}号"))
        cases.register_sending(lead, case.number, place, today - timedelta(days=15))
        if bank == "甲":
            covered = [(number, period) for number in accounts]
            cases.register_answer(lead, case.number, place, today - timedelta(days=4), covered)
    for name, content in list(files.make(told).items())[:FIRST]:
        upload = SimpleUploadedFile("x", content)
        upload.__dict__["_name"] = name  # with its folder, which Django would cut off
        evidence.receive(lead, case.number, upload, 1)
    evidence.start_cleaning(lead, case.number)
    cases.leave(lead, case.number)
    return case


def write_zip(seed: int, folder: Path) -> None:
    """The files that are not in the case yet, for the page that offers them."""
    rest = dict(list(files.make(story.tell(seed)).items())[FIRST:])
    (folder / ZIP).write_bytes(files.zipped(rest))


def _scan() -> SimpleUploadedFile:
    """A one-page PDF that says it is a sample."""
    body = b"BT /F1 18 Tf 72 720 Td (Sample: acceptance of a case) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(body), body),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(out),
    )
    return SimpleUploadedFile("受案登记表.pdf", out + tail)
