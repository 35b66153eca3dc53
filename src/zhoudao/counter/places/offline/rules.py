"""How much a browser keeps, and how long it may answer from that. Pure."""

from __future__ import annotations

DAYS_KEPT = 30
"""Days from the day the data are of on which one may set out. Older data are said to be too old, and give no answer."""
DAYS_AFTER = 8
"""Days of timetable beyond: a journey is looked for within a week."""
HOURS_AFTER = 15
"""Days of opening hours beyond: as far as pages look ahead for the next opening."""
LANGUAGES = ("zh-hans", "en")
