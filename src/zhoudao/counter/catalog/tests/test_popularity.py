"""The catalogue asks a room above it what people ask for most, and does without when nobody answers."""

from zhoudao.core.access import VISITOR
from zhoudao.counter.catalog import ports


def test_nobody_has_registered(monkeypatch):
    monkeypatch.setattr(ports, "_popularity", None)
    assert ports.popular(VISITOR, 3) is None


def test_the_room_that_counts_is_asked(monkeypatch):
    monkeypatch.setattr(ports, "_popularity", None)
    ports.register_popularity(lambda actor, limit: ["id-card-replacement", "passport-first"][:limit])
    assert ports.popular(VISITOR, 1) == ["id-card-replacement"]
