"""Officers propose, another one lets through, people report and hear back: by the pages alone."""

import re

import pytest
from django.test import Client

from zhoudao.core import clock
from zhoudao.core.people.tests.browsers import browser_of
from zhoudao.counter.places.editing import entries, queries
from zhoudao.counter.places.editing.models import Change, MistakeReport
from zhoudao.counter.places.editing.rules import Kind, Stale, State, Subject
from zhoudao.counter.places.tests.editing_cast import LONGER, P001, cast


@pytest.fixture
def who(directory):
    return cast()


def signed_in(actor) -> Client:
    return browser_of(actor, headers={"Accept-Language": "en"})


def form_of(html: str) -> dict[str, object]:
    """The fields of the page's main form as a browser would send them."""
    data: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or name[1] == "csrfmiddlewaretoken":
            continue
        value = re.search(r'value="([^"]*)"', tag)
        if 'type="checkbox"' in tag:
            if " checked" in tag:
                data.setdefault(name[1], [])
                data[name[1]].append(value[1] if value else "on")  # type: ignore[attr-defined]
        else:
            data[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        data[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        data[name] = body.strip()
    return data


def propose(client: Client, **changes: object) -> Change:
    page = client.get("/staff/directory/point/P001/edit/")
    assert page.status_code == 200, page.content.decode()[:400]
    sent = {**form_of(page.content.decode()), "reason": "the sign at the door", **changes}
    answer = client.post("/staff/directory/point/P001/edit/", sent)
    assert answer.status_code == 302, re.findall(
        r'class="[^"]*error[^"]*"[^>]*>(.*?)<', answer.content.decode()
    )
    return Change.objects.latest("pk")


def test_a_change_goes_from_one_officer_by_another_into_the_directory(who):
    clerk, supervisor = signed_in(who.clerk), signed_in(who.supervisor)
    change = propose(clerk, hours=LONGER)
    page = clerk.get(f"/staff/directory/changes/{change.pk}/").content.decode()
    assert "Another officer has to look at it" in page
    assert f"<ins>{LONGER}</ins>" in page
    waiting = supervisor.get("/staff/directory/").content.decode()
    assert "the sign at the door" in waiting
    supervisor.post(f"/staff/directory/changes/{change.pk}/approve/")
    assert entries.read(P001).values["hours"] == LONGER
    history = supervisor.get("/staff/directory/point/P001/").content.decode()
    assert "in effect" in history
    assert LONGER in history


def test_only_what_the_officer_touched_changes(who):
    change = propose(signed_in(who.clerk), hours=LONGER)
    assert [each.field for each in queries.change(who.clerk, change.pk).differences] == ["hours"]


def test_nobody_lets_their_own_change_through(who):
    change = propose(signed_in(who.supervisor), hours=LONGER)
    answer = signed_in(who.supervisor).post(f"/staff/directory/changes/{change.pk}/approve/")
    assert answer.status_code == 403
    change.refresh_from_db()
    assert change.state == State.PROPOSED


def test_what_can_not_be_is_said_at_its_field_and_kept_in_the_form(who):
    client = signed_in(who.clerk)
    page = client.get("/staff/directory/point/P001/edit/").content.decode()
    sent = {**form_of(page), "reason": "typed by hand", "hours": "nine to five"}
    answer = client.post("/staff/directory/point/P001/edit/", sent)
    assert answer.status_code == 400
    html = answer.content.decode()
    assert "nine to five" in html
    assert "can&#x27;t be read" in html
    assert not Change.objects.exists()


def test_a_press_sent_twice_is_one_change(who):
    client = signed_in(who.clerk)
    page = client.get("/staff/directory/point/P001/edit/").content.decode()
    sent = {**form_of(page), "reason": "sent twice", "hours": LONGER}
    first, second = (client.post("/staff/directory/point/P001/edit/", sent) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Change.objects.count() == 1


def test_refusing_needs_a_reason(who):
    change = propose(signed_in(who.clerk), hours=LONGER)
    supervisor = signed_in(who.supervisor)
    assert supervisor.post(f"/staff/directory/changes/{change.pk}/refuse/", {"reason": ""}).status_code == 400
    supervisor.post(f"/staff/directory/changes/{change.pk}/refuse/", {"reason": "the sign is old"})
    change.refresh_from_db()
    assert (change.state, change.decision_reason) == (State.REFUSED, "the sign is old")


def test_an_officer_of_another_district_sees_none_of_it(who):
    change = propose(signed_in(who.clerk), hours=LONGER)
    elsewhere = signed_in(who.elsewhere)
    assert elsewhere.get(f"/staff/directory/changes/{change.pk}/").status_code == 403
    assert "the sign at the door" not in elsewhere.get("/staff/directory/").content.decode()


def test_people_report_a_mistake_and_follow_it(who):
    visitor = Client(headers={"Accept-Language": "en"})
    page = visitor.get("/points/P001/report/").content.decode()
    sent = {**form_of(page), "mistake": "hours", "words": "closed at noon", "contact": "12000000123"}
    answer = visitor.post("/points/P001/report/", sent)
    assert answer.status_code == 302
    assert visitor.post("/points/P001/report/", sent)["Location"] == answer["Location"], "sent twice is one"
    report = MistakeReport.objects.get()
    assert "not looked at yet" in visitor.get(answer["Location"]).content.decode()
    typed = report.receipt.replace("-", "").lower()
    assert visitor.get(f"/reports/?receipt={typed}")["Location"] == answer["Location"]

    clerk = signed_in(who.clerk)
    listed = clerk.get("/staff/directory/reports/").content.decode()
    assert report.receipt in listed
    shown = clerk.get(f"/staff/directory/reports/{report.receipt}/").content.decode()
    assert "closed at noon" in shown
    assert "12000000123" not in shown
    opened = clerk.post(f"/staff/directory/reports/{report.receipt}/contact/").content.decode()
    assert "12000000123" in opened
    nothing = clerk.post(f"/staff/directory/reports/{report.receipt}/", {"answer": "", "reason": ""})
    assert nothing.status_code == 400
    clerk.post(f"/staff/directory/reports/{report.receipt}/", {"answer": "It opens at one."})
    assert "It opens at one." in visitor.get(answer["Location"]).content.decode()


def test_an_unknown_receipt_is_said(who):
    page = Client(headers={"Accept-Language": "en"}).get("/reports/?receipt=ZZZZ-ZZZZ")
    assert page.status_code == 404
    assert "There is no report with this receipt" in page.content.decode()


def test_a_typhoon_closes_a_place_at_once(who):
    clerk = signed_in(who.clerk)
    page = clerk.get("/staff/directory/close/").content.decode()
    now = clock.local(clock.now())
    sent = {
        **form_of(page),
        "points": ["P001"],
        "starts_at": now.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": now.replace(hour=23).strftime("%Y-%m-%dT%H:%M"),
        "reason_zh": "台风",
        "reason_en": "typhoon",
    }
    assert clerk.post("/staff/directory/close/", sent).status_code == 302
    assert "typhoon" in Client(headers={"Accept-Language": "en"}).get("/points/P001/").content.decode()
    assert Change.objects.get().state == State.URGENT


def test_what_nobody_confirmed_for_long_is_listed_until_somebody_does(who):
    later = clock.now().replace(year=clock.now().year + 1)
    with clock.at(later):
        clerk = signed_in(who.clerk)
        subject = Subject(Kind.PHONE, "T005")
        listed = {each.subject: each.why for each in queries.stale(who.clerk)}
        assert listed[P001] in (Stale.UNCONFIRMED, Stale.NO_HOLIDAY_HOURS)
        assert "P001" in clerk.get("/staff/directory/stale/").content.decode()
        assert clerk.post("/staff/directory/point/P001/check/", {"holds": "yes"}).status_code == 302
        assert P001 not in {
            each.subject for each in queries.stale(who.clerk) if each.why is Stale.UNCONFIRMED
        }
        assert subject not in listed or listed[subject] is Stale.UNCONFIRMED
