"""What tests need of whichever city they run in: two of its districts, by part and not by name; and items."""

from __future__ import annotations

from django.conf import settings

from zhoudao.core import city

DISTRICT, OTHER_DISTRICT = sorted(district.code for district in city.current().districts[:2])
"""Codes of the district where a test happens, and of another one, in this order when sorted."""
ITEMS = settings.CHECKOUT / "cities" / "zhoushan" / "items"
"""The fullest catalogue there is, whichever city the tests run in: for what an item can say and search can find."""
