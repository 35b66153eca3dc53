"""Log lines are JSON, carry their request's number, and hold nobody's data."""

import io
import json
import logging

import pytest

from zhoudao.operations.watch.logs import MASK, REQUEST_ID, JsonLines, without_numbers


@pytest.fixture
def written():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("zhoudao.test.logs")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield logger, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_a_line_is_one_object_with_its_request(written):
    logger, lines = written
    token = REQUEST_ID.set("r-12345678")
    logger.info("two\nlines of %s", "text", extra={"facts": {"ms": 3.5}})
    REQUEST_ID.reset(token)
    (line,) = lines()
    assert line["message"] == "two\nlines of text"
    assert (line["request"], line["ms"], line["level"]) == ("r-12345678", 3.5, "INFO")
    assert line["logger"] == "zhoudao.test.logs"
    assert line["at"].endswith("+00:00")


def test_an_exception_is_told_by_its_kind_and_place_alone(written):
    logger, lines = written
    try:
        raise ValueError("what somebody typed")
    except ValueError:
        logger.exception("it failed")
    (line,) = lines()
    assert line["error"]["type"] == "ValueError"
    assert "test_logs.py" in line["error"]["at"][0]
    assert "typed" not in json.dumps(line)


@pytest.mark.parametrize("number", ["339999199001011234", "33999919900101123X", "12012345678", "6222020000000000017"])
def test_what_looks_like_a_personal_number_is_masked(number):
    assert without_numbers(f"for {number}, twice {number}") == f"for {MASK}, twice {MASK}"


@pytest.mark.parametrize("text", ["row 1234567890", "2026-11-24T09:00:00", "0.123456789012", "12345678901234567890"])
def test_other_numbers_stay(text):
    assert without_numbers(text) == text
