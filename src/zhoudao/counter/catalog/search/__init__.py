"""Search in plain words: what a person types, and the item they mean; and where it is done, if they name a place."""

from zhoudao.counter.catalog.search.find import Found, Triage, find, triage
from zhoudao.counter.catalog.search.guides import FoundGuides, find_guides
from zhoudao.counter.catalog.search.places import Asked, PlaceNames

__all__ = ["Asked", "Found", "FoundGuides", "PlaceNames", "Triage", "find", "find_guides", "triage"]
