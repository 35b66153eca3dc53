"""The interface for programs: whatever is asked, it answers as its own description says, and never with a fault."""

from __future__ import annotations

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings

from zhoudao.api import api
from zhoudao.counter.places.tests import directory as small

EXAMPLES = 40
"""Questions put to each address; more, by hand: raise it."""


DESCRIPTION = schemathesis.openapi.from_dict(api.get_openapi_schema())
QUESTIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for operation in (found.ok() for found in DESCRIPTION.get_all_operations())
}


@pytest.fixture
def directory(db, settings, tmp_path):
    """Six points, and no network of streets."""
    settings.API_PER_MINUTE = 0
    folder = tmp_path / "in"
    folder.mkdir()
    small.load(folder)


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_nothing_that_is_asked_ends_in_a_fault(directory, question):
    operation = QUESTIONS[question]
    client = Client()

    @given(operation.as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case):
        query = dict(case.query or {})
        answer = client.generic(operation.method, case.formatted_path, query_params=query)
        assert answer.status_code < 500 or answer.status_code == 503, answer.content[:300]
        if answer.status_code == 503:
            assert answer.json()["error"]["what"], "the map is not ready, and that is said"
        documented = {int(code) for code in operation.definition.raw["responses"] if code.isdigit()}
        assert answer.status_code in documented | {404, 422, 429, 503}, answer.content[:300]

    ask()


def test_the_description_is_served_and_names_every_question(db):
    told = Client().get("/api/v1/openapi.json").json()
    assert {"/api/v1/search", "/api/v1/points", "/api/v1/soonest", "/api/v1/coverage"} <= set(told["paths"])


def test_too_many_questions_are_refused_with_when_to_come_back(directory_of_nothing, settings):
    settings.API_PER_MINUTE = 3
    answers = [Client().get("/api/v1/search?words=护照") for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert int(refused[0]["Retry-After"]) > 0


@pytest.fixture
def directory_of_nothing(db):
    """Nothing was imported: questions are still answered."""
