"""Every pair of colours the look puts together can be read: WCAG 2.2, 1.4.3 (AA), 1.4.6 (AAA) and 1.4.11."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[1] / "static" / "look" / "tokens.css").read_text()


def theme(name: str) -> dict[str, str]:
    """The colours of one theme, by token."""
    blocks = {
        "light": r":root \{(.*?)\n  \}",
        "dark": r'\n  \[data-theme="dark"\] \{(.*?)\n  \}',
        "dark by preference": r':root:not\(\[data-theme="light"\]\) \{(.*?)\n    \}',
    }
    match = re.search(blocks[name], TOKENS, re.DOTALL)
    assert match
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", match.group(1)))


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, as WCAG defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = [
    *[
        ("ink", ground, 7.0)
        for ground in ("ground", "surface", "sunken", "chart", "action-soft", "done-soft")
    ],
    *[("ink", ground, 7.0) for ground in ("waiting-soft", "danger-soft")],
    *[("ink-soft", ground, 7.0) for ground in ("ground", "surface")],
    ("ink-soft", "sunken", 4.5),
    ("ink-soft", "chart", 4.5),
    *[("action", ground, 4.5) for ground in ("ground", "surface")],
    *[("action-strong", ground, 4.5) for ground in ("ground", "surface", "sunken", "action-soft")],
    *[(meaning, f"{meaning}-soft", 4.5) for meaning in ("done", "waiting", "danger")],
    *[(meaning, "surface", 4.5) for meaning in ("done", "waiting", "danger")],
    ("on-action", "action", 4.5),
    ("on-action", "action-strong", 4.5),
    ("on-danger", "danger", 4.5),
    ("on-danger", "danger-strong", 4.5),
    ("surface", "ink", 4.5),
    ("edge", "surface", 3.0),
    ("edge", "ground", 3.0),
    ("focus", "surface", 3.0),
    ("focus", "ground", 3.0),
]


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_text_can_be_read_on_its_ground(name, text, ground, least):
    colours = theme(name)
    assert contrast(colours[text], colours[ground]) >= least


def test_dark_is_the_same_however_it_was_asked_for():
    assert theme("dark") == theme("dark by preference")
    assert theme("dark").keys() == theme("light").keys()
