"""Search in plain words: what a person types, and the item they mean."""

from zhoudao.counter.catalog.search.find import Found, Triage, find, triage

__all__ = ["Found", "Triage", "find", "triage"]
