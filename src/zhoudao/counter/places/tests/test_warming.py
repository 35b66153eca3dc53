"""A web process loads what its first visitors need, and starts all the same when there is nothing yet."""

import logging
from importlib import import_module

from zhoudao.counter.places.warming import warm

finding = import_module("zhoudao.counter.catalog.search.find")


def test_the_index_is_there_before_anybody_asks(directory, monkeypatch):
    monkeypatch.setattr(finding, "_built", None)
    monkeypatch.setattr("zhoudao.counter.places.warming.connection.close", lambda: None)  # the test's own
    warm()
    assert finding._built is not None
    assert len(finding._built[1]) > 0


def test_an_empty_house_starts_without_a_word(db, monkeypatch, caplog):
    monkeypatch.setattr("zhoudao.counter.places.warming.connection.close", lambda: None)
    with caplog.at_level(logging.WARNING):
        warm()
    assert not caplog.records
