"""An answer is kept for some seconds for whoever asks the same, and for nobody who asks otherwise."""

import re

import pytest
from django.test import Client

from zhoudao.core.access import VISITOR, Role
from zhoudao.core.people.models import User
from zhoudao.counter.places import queries
from zhoudao.counter.places.answers_kept import KEPT, MOST, SECONDS, Answered, Kept
from zhoudao.counter.places.pages_kept import PAGES


def answered(item="x"):
    return Answered("<p>", item, "name", 1)


def test_an_answer_is_kept_for_its_seconds():
    now = [100.0]
    kept = Kept(clock=lambda: now[0])
    kept.put("a", answered())
    now[0] += SECONDS
    assert kept.get(VISITOR, "a") == answered()
    now[0] += 0.1
    assert kept.get(VISITOR, "a") is None


def test_the_longest_unasked_go_when_there_are_too_many():
    kept = Kept()
    for number in range(MOST + 1):
        kept.put(number, answered())
        kept.get(VISITOR, 0)
    assert kept.get(VISITOR, 1) is None
    assert kept.get(VISITOR, 0) is not None


@pytest.mark.parametrize(
    "other", ["q=护照", "q=身份证丢了&always=1", "q=身份证丢了&all=1", "q=身份证丢了&mode=car"]
)
def test_another_question_is_worked_out_anew(directory, monkeypatch, other):
    asked = []
    real = queries.answer
    monkeypatch.setattr(queries, "answer", lambda *a, **k: asked.append(a[1]) or real(*a, **k))
    client = Client(headers={"Accept-Language": "en"})
    first, again = (client.get("/search?q=身份证丢了").content for _ in range(2))
    assert len(asked) == 1
    assert first.split(b'id="answer"')[1] == again.split(b'id="answer"')[1]
    PAGES.clear()
    assert client.get("/search?q=身份证丢了").content.split(b'id="answer"')[1] == first.split(b'id="answer"')[1]
    assert len(asked) == 1, "the answer is kept for other pages too"
    client.get(f"/search?{other}")
    assert len(asked) == 2
    Client(headers={"Accept-Language": "zh-CN"}).get("/search?q=身份证丢了")
    assert len(asked) == 3, "another language is another answer"


def test_what_is_kept_holds_nobodys_token(directory):
    client = Client()
    page = client.get("/search?q=身份证丢了")
    kept = [each.html for _, each in KEPT._things.values()]
    parts = [part for _, each in PAGES._things.values() for part in each.parts]
    assert kept
    assert all("csrfmiddlewaretoken" not in html for html in kept)
    assert len(parts) > 1
    sent = tokens(page)
    assert sent
    assert not any(one.encode() in part for one in sent for part in parts)


def test_each_visitor_gets_a_token_of_their_own_that_works(directory):
    """The second visitor's page is the first one's, but for the token; and their form is taken."""
    first, second = (Client(enforce_csrf_checks=True) for _ in range(2))
    pages = [client.get("/search?q=身份证丢了") for client in (first, second)]
    assert len(PAGES._things) == 1
    ours, theirs = map(tokens, pages)
    assert len(ours) == len(theirs) == 1
    assert ours != theirs
    for client, token in ((first, ours), (second, theirs)):
        posted = client.post(
            "/language/", {"language": "en", "next": "/", "csrfmiddlewaretoken": next(iter(token))}
        )
        assert posted.status_code == 302
    stolen = {"language": "en", "next": "/", "csrfmiddlewaretoken": "x" * 64}
    assert first.post("/language/", stolen).status_code == 403


def test_nobody_with_a_session_gets_a_kept_page_or_leaves_one(directory, client):
    client.force_login(User.objects.create(username="alice", role=Role.RESIDENT.value))
    client.get("/search?q=身份证丢了")
    assert not PAGES._things
    assert KEPT._things


def test_a_question_back_and_an_empty_answer_are_kept_as_pages(directory):
    Client().get("/search?q=xyzxyz")
    assert len(PAGES._things) == 1
    Client().get("/search?q=xyzxyz&lat=1&lon=2")
    assert len(PAGES._things) == 2


def tokens(page):
    """The tokens a page holds: in its forms, and for requests that scripts send."""
    html = page.content.decode()
    return {
        *re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', html),
        *re.findall(r'X-CSRFToken": "([^"]+)"', html),
    }
