"""An answer is kept for some seconds for whoever asks the same, and for nobody who asks otherwise."""

import pytest
from django.test import Client

from zhoudao.core.access import VISITOR
from zhoudao.counter.places import queries
from zhoudao.counter.places.answers_kept import MOST, SECONDS, Answered, Kept


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
    client.get(f"/search?{other}")
    assert len(asked) == 2
    Client(headers={"Accept-Language": "zh-CN"}).get("/search?q=身份证丢了")
    assert len(asked) == 3, "another language is another answer"


def test_a_kept_answer_holds_nobodys_token(directory):
    from zhoudao.counter.places.answers_kept import KEPT

    Client().get("/search?q=身份证丢了")
    kept = [each.html for _, each in KEPT._answers.values()]
    assert kept
    assert all("csrfmiddlewaretoken" not in html for html in kept)
