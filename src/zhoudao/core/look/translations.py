"""Translations without a system gettext: every room's messages collected, compiled and checked with Babel.

A room's Chinese is in its ``locale/zh_Hans/LC_MESSAGES/django.po``; the English is the message itself.
``.mo`` files are made from them, and kept out of the repository.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
"""Django's names for marking a message, with what each argument is."""

PLACEHOLDER = re.compile(
    r"%\([A-Za-z_][A-Za-z0-9_]*\)[#0 +-]*\d*(?:\.\d+)?[sdfixr]|%[sd]|\{[A-Za-z_][A-Za-z0-9_]*\}"
)
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: {plural_forms}\\n"

"""
TARGETS = tuple(code for code, _ in settings.LANGUAGES if code != "en")
"""Languages that need a catalogue: all but the one the messages are written in."""


class BadCatalogue(ValueError):
    """A ``.po`` file can't be read."""


@dataclass(frozen=True)
class Room:
    """A Django app of ours, and where its catalogue for one language lives."""

    label: str
    folder: Path
    language: str

    @property
    def po(self) -> Path:
        return self.folder / "locale" / to_locale(self.language) / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")


@dataclass
class Report:
    """What was done or found in one catalogue. ``problems`` read "FILE:LINE problem"."""

    room: str
    language: str
    messages: int = 0
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    written: bool = False
    problems: list[str] = field(default_factory=list)
    unreadable: bool = False


def rooms() -> list[Room]:
    """Every room of the house, in every language that is not the messages' own."""
    ours = [app for app in apps.get_app_configs() if app.name.startswith("zhoudao.")]
    return [Room(app.label, Path(app.path), language) for app in ours for language in TARGETS]


# Collect ----------------------------------------------------------------------------------------------------


def messages_of(folder: Path) -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    """(file, line, message or (singular, plural), context) of each marked message under ``folder``, tests
    left out.
    """
    for path in sorted(folder.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(folder).parts):
            yield from _extracted(path.relative_to(folder), path.read_bytes())
    for path in sorted((folder / "templates").rglob("*")):
        if path.suffix in (".html", ".txt") and path.is_file():
            source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # A template's indentation means nothing, but the extractor reads it as Python's.
            flush = "\n".join(line.lstrip() for line in source.splitlines())
            yield from _extracted(path.relative_to(folder), flush.encode())


def _extracted(name: Path, source: bytes) -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    found = extract("python", BytesIO(source), keywords=KEYWORDS, options={"encoding": "utf-8"})
    for line, message, _comments, context in found:
        if message and message != ("",):
            yield name.as_posix(), line, message, context


def collect(room: Room) -> Report:
    """Bring the room's catalogue up to its code: new messages added empty, unused ones taken out,
    translations kept.
    """
    report = Report(room.label, room.language)
    fresh = Catalog(
        locale=to_locale(room.language), domain="django", project="Zhoudao", charset="utf-8", fuzzy=False
    )
    for file, _line, marked, context in messages_of(room.folder):
        # The file without its line: a catalogue should not change because a line moved.
        fresh.add(marked, locations=[(file, None)], context=context, flags=_flags(marked))  # type: ignore[list-item]
    before = _read(room) if room.po.exists() else Catalog(locale=to_locale(room.language))
    for message in fresh:
        old = before.get(message.id, message.context) if message.id else None
        if old is not None and isinstance(old.id, type(message.id)):
            message.string = old.string
        elif message.id:
            report.added.append(_name(message))
    kept = {(_name(message), message.context) for message in fresh if message.id}
    report.removed = [
        _name(message) for message in before if message.id and (_name(message), message.context) not in kept
    ]
    report.messages = len(fresh)
    content = _as_po(fresh)
    if report.messages and (not room.po.exists() or room.po.read_bytes() != content):
        room.po.parent.mkdir(parents=True, exist_ok=True)
        room.po.write_bytes(content)
        report.written = True
    elif not report.messages and room.po.exists():
        room.po.unlink()
        report.written = True
    return report


def _flags(message: str | tuple[str, ...]) -> list[str]:
    text = "".join(message) if isinstance(message, tuple) else message
    return ["python-format"] if re.search(r"%\(\w+\)", text) else []


def _as_po(catalog: Catalog) -> bytes:
    """The catalogue as it stands in the repository: no date, no tool, so that it only changes when messages
    do.
    """
    body = BytesIO()
    write_po(body, catalog, width=120, sort_output=True, omit_header=True, ignore_obsolete=True)
    header = HEADER.format(language=catalog.locale, plural_forms=catalog.plural_forms)
    return header.encode() + body.getvalue().strip() + b"\n"


def _read(room: Room) -> Catalog:
    """The room's catalogue. Raises BadCatalogue, naming file and line."""
    with room.po.open("rb") as file:
        try:
            return read_po(file, locale=to_locale(room.language), domain="django", abort_invalid=True)
        except PoFileError as error:
            line = f":{error.lineno + 1}" if error.lineno is not None else ""
            raise BadCatalogue(f"{room.po}{line} can't be read: {error}; expected msgid and msgstr") from None
        except UnicodeDecodeError as error:
            raise BadCatalogue(f"{room.po} can't be read: {error}; expected UTF-8") from None


def _name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


# Compile ----------------------------------------------------------------------------------------------------


def compile_room(room: Room) -> Report:
    """Write the room's ``.mo``. Raises BadCatalogue."""
    catalog = _read(room)
    body = BytesIO()
    write_mo(body, catalog)
    # Never half a catalogue: another process may be reading, or compiling too.
    unfinished = room.mo.with_suffix(f".mo.{os.getpid()}")
    unfinished.write_bytes(body.getvalue())
    unfinished.replace(room.mo)
    return Report(room.label, room.language, messages=len(catalog), written=True)


def is_stale(room: Room) -> bool:
    return room.po.exists() and (
        not room.mo.exists() or room.mo.stat().st_mtime_ns <= room.po.stat().st_mtime_ns
    )


def compile_stale() -> list[str]:
    """Compile every catalogue that is newer than its ``.mo``, and take away those whose source is gone;
    returns the labels of the rooms compiled. Cheap when none is.
    """
    for room in rooms():
        if room.mo.exists() and not room.po.exists():
            room.mo.unlink()
    return [compile_room(room).room for room in rooms() if is_stale(room)]


# Check ------------------------------------------------------------------------------------------------------


def check(room: Room) -> Report:
    """Whether every message of the room has its translation, with the same placeholders, none of them a
    guess (fuzzy).
    """
    report = Report(room.label, room.language)
    wanted = {
        (message if isinstance(message, str) else message[0], context): file
        for file, _line, message, context in messages_of(room.folder)
    }
    report.messages = len(wanted)
    if not room.po.exists():
        if wanted:
            report.problems.append(
                f"{room.po}: missing; expected {len(wanted)} messages (run: zhoudao translations collect)"
            )
        return report
    try:
        catalog = _read(room)
    except BadCatalogue as error:
        report.problems.append(str(error))
        report.unreadable = True
        return report
    have = {(_name(message), message.context) for message in catalog if message.id}
    for (text, context), file in wanted.items():
        if (text, context) not in have:
            report.problems.append(
                f"{room.po}: {text!r} of {file} is missing (run: zhoudao translations collect)"
            )
    report.problems += [
        f"{room.po}: {text!r} is used nowhere (run: zhoudao translations collect)"
        for text, context in sorted(have - set(wanted), key=str)
    ]
    for message in catalog:
        if message.id:
            report.problems += [
                f"{room.po}:{message.lineno} {_name(message)!r} {problem}" for problem in _problems(message)
            ]
    return report


def disagreements(every: list[Room]) -> list[str]:
    """Messages that two rooms translate differently: Django merges all catalogues, so one of them would
    lose.
    """
    said: dict[tuple[str, str, str | None], tuple[Room, list[str]]] = {}
    found = []
    for room in every:
        for message in _read(room) if room.po.exists() else ():
            strings = _strings(message)
            if message.id and all(strings):
                first, earlier = said.setdefault(
                    (room.language, _name(message), message.context), (room, strings)
                )
                if earlier != strings:
                    found.append(
                        f"{room.po}: {_name(message)!r} is {strings[0]!r} here,"
                        f" {earlier[0]!r} in {first.label}; "
                        "expected one translation, or a context (pgettext) that tells them apart"
                    )
    return found


def _problems(message: Message) -> Iterator[str]:
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = _strings(message)
    if message.fuzzy:
        yield "is marked fuzzy; expected a translation somebody has read"
    if not strings or not all(strings):
        yield "has no translation"
        return
    # Chinese has one form: it may use the placeholders of either English form, and needs those of the plural.
    needed, known = (
        set(PLACEHOLDER.findall(ids[-1])),
        {name for text in ids for name in PLACEHOLDER.findall(text)},
    )
    for string in strings:
        found = set(PLACEHOLDER.findall(string))
        if not needed <= found <= known:
            yield f"has placeholders {sorted(found)}; expected {sorted(needed)}"
    if "!" in "".join(strings) or "！" in "".join(strings):
        yield "shouts; expected no exclamation mark"
