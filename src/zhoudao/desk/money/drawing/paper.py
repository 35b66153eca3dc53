"""A picture to take out: with its title and what it rests on, in the light look; one drawing as SVG, PNG or PDF."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import typst

from zhoudao.core.look import typefaces
from zhoudao.desk.money.rules import Format

MARGIN, TITLE, LINE = 24, 34, 18
DOTS = 192
"""Of a PNG, an inch."""
WIDEST = 110
"""Characters of a line of notes; a Chinese one counts twice."""
TYPES = {Format.SVG: "image/svg+xml", Format.PNG: "image/png", Format.PDF: "application/pdf"}

LOOK = """
text{font-family:"Noto Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
text{fill:#14213d;font-size:12px}
.paper{fill:#fff}.paper-title{font-size:18px;font-weight:600}.paper-note{font-size:11px;fill:#435069}
.soft{fill:#435069}.strong{font-weight:600}.middle{text-anchor:middle}.end{text-anchor:end}
.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
.bar-passed{fill:#0b5fa5}.bar-kept{fill:#17684c}
.bar-unknown{fill:#fbf0d9;stroke:#855000;stroke-width:1.5;stroke-dasharray:4 3}
.band{fill:none;stroke:#0b5fa5;stroke-opacity:.28}.band-loose{stroke:#855000;stroke-opacity:.34}
.band-back{stroke:#435069;stroke-opacity:.6;stroke-dasharray:5 4}
.dial{fill:none;stroke:#e2dccd;stroke-width:1.5}.tick{stroke:#7a8699;stroke-width:1}.arc{fill:none;stroke:#0b5fa5}
.arc-home{fill:none;stroke:#7a8699;stroke-width:2;stroke-dasharray:3 5}.hand{stroke:#14213d;stroke-width:1.5}
.badge-dot{fill:#14213d}.badge-text{fill:#fff;font-weight:600;text-anchor:middle}.leader{fill:none;stroke:#7a8699;stroke-width:1}
.dot{fill:#0b5fa5}.dot-opened{fill:#084a82}.dot-missing{fill:#fff;stroke:#855000;stroke-width:2.5}.dot-group{fill:#435069}
.edge{stroke:#0b5fa5;stroke-opacity:.45;fill:none}.edge-head{fill:#0b5fa5;fill-opacity:.75}
"""
"""The classes of all drawings in the look's light colours; on a page ``money.css`` says the same with its tokens."""


@dataclass(frozen=True)
class Drawing:
    """What stands inside an ``svg`` element, and its size."""

    inside: str
    width: float
    height: float

    def on_page(self, name: str, kind: str) -> str:
        """For a page, in its own look. A group, not an image: there are links in it."""
        return (
            f'<svg class="money-drawing {kind}" viewBox="0 0 {self.width:.0f} {self.height:.0f}" '
            f'width="{self.width:.0f}" height="{self.height:.0f}" role="group" aria-label="{escape(name)}">'
            f"{self.inside}</svg>"
        )


def sheet(drawing: Drawing, title: str, notes: Sequence[str]) -> str:
    """A whole SVG file."""
    lines = [line for note in notes for line in _folded(note)]
    width = max(drawing.width, 720) + 2 * MARGIN
    height = MARGIN + TITLE + drawing.height + 16 + LINE * len(lines) + MARGIN
    below = MARGIN + TITLE + drawing.height + 28
    told = "".join(
        f'<text class="paper-note" x="{MARGIN}" y="{below + LINE * at:.0f}">{escape(line)}</text>'
        for at, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}"><title>{escape(title)}</title><style>{LOOK}</style>'
        f'<rect class="paper" width="100%" height="100%"/>'
        f'<text class="paper-title" x="{MARGIN}" y="{MARGIN + 16}">{escape(title)}</text>'
        f'<g transform="translate({MARGIN} {MARGIN + TITLE})">{drawing.inside}</g>{told}</svg>'
    )


def printed(svg: str, into: Format) -> bytes:
    """The file in one of the formats."""
    if into is Format.SVG:
        return svg.encode()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "picture.svg").write_text(typefaces.printable(svg)[0], encoding="utf-8")
        page = folder / "page.typ"
        page.write_text(
            '#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")\n', encoding="utf-8"
        )
        made = typst.compile(
            str(page),
            root=str(folder),
            font_paths=typefaces.folders(),
            format="png" if into is Format.PNG else "pdf",
            ppi=DOTS if into is Format.PNG else None,
        )
    assert isinstance(made, bytes)
    return made


def _folded(text: str) -> list[str]:
    """At most WIDEST wide a line."""
    lines, line, wide = [], "", 0
    for character in text:
        step = 2 if ord(character) > 0x2E80 else 1
        if wide + step > WIDEST:
            lines.append(line)
            line, wide = "", 0
        line, wide = line + character, wide + step
    return [*lines, line] if line else lines


def short(text: str, wide: int) -> str:
    """At most ``wide`` wide, a Chinese character counting twice; what is cut off is shown as cut off."""
    used = 0
    for at, character in enumerate(text):
        used += 2 if ord(character) > 0x2E80 else 1
        if used > wide:
            return text[: max(at - 1, 1)] + "…"
    return text
