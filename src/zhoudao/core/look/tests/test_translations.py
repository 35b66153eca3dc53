"""Messages are collected, compiled and checked without a system gettext."""

import json
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from click.testing import CliRunner

from zhoudao.core.look import translations as work
from zhoudao.core.look.commands import translations


@pytest.fixture
def room(tmp_path: Path) -> work.Room:
    (tmp_path / "templates" / "room").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text('_("Not for readers")\n')
    (tmp_path / "views.py").write_text(
        'label = _("Sea")\nname = pgettext_lazy("ship", "Bow")\nngettext("%(n)d boat", "%(n)d boats", n)\n'
    )
    (tmp_path / "templates" / "room" / "page.html").write_text(
        '{% load i18n %}{% translate "Harbour" %}'
        "{% blocktranslate with a=b %}To {{ a }}{% endblocktranslate %}"
    )
    return work.Room("room", tmp_path, "zh-hans")


def translate(room: work.Room, **chinese: str) -> None:
    content = room.po.read_text()
    for english, answer in chinese.items():
        english = english.replace("_", " ")
        assert f'msgid "{english}"\nmsgstr ""' in content
        content = content.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{answer}"')
    room.po.write_text(content)


def test_collects_python_and_templates_but_not_tests(room):
    report = work.collect(room)
    assert sorted(report.added) == ["%(n)d boat", "Bow", "Harbour", "Sea", "To %(a)s"]
    assert 'msgctxt "ship"' in room.po.read_text()
    assert 'msgid_plural "%(n)d boats"' in room.po.read_text()


def test_collecting_again_changes_nothing_and_keeps_translations(room):
    work.collect(room)
    translate(room, Sea="海")
    again = work.collect(room)
    assert (again.added, again.removed, again.written) == ([], [], False)
    assert 'msgstr "海"' in room.po.read_text()


def test_what_the_code_no_longer_says_is_taken_out(room):
    work.collect(room)
    translate(room, Sea="海")
    (room.folder / "views.py").write_text('label = _("Ocean")\n')
    report = work.collect(room)
    assert sorted(report.removed) == ["%(n)d boat", "Bow", "Sea"]
    assert "海" not in room.po.read_text()


def test_compiles_only_what_is_stale(room, monkeypatch):
    monkeypatch.setattr(work, "rooms", lambda: [room])
    work.collect(room)
    translate(room, Sea="海")
    assert work.compile_stale() == ["room"]
    assert work.compile_stale() == []
    with room.mo.open("rb") as file:
        assert read_mo(file).get("Sea").string == "海"


def test_a_compiled_catalogue_without_its_source_is_taken_away(room, monkeypatch):
    monkeypatch.setattr(work, "rooms", lambda: [room])
    work.collect(room)
    work.compile_stale()
    room.po.unlink()
    assert work.compile_stale() == []
    assert not room.mo.exists()


def test_a_missing_translation_is_a_problem(room):
    work.collect(room)
    problems = work.check(room).problems
    assert len(problems) == 5
    assert all("django.po:" in problem and "has no translation" in problem for problem in problems)


def finished(room: work.Room) -> None:
    work.collect(room)
    translate(room, Sea="海", Harbour="港", Bow="船头", **{"To_%(a)s": "去 %(a)s"})
    room.po.write_text(room.po.read_text().replace('msgstr[0] ""', 'msgstr[0] "%(n)d 艘船"'))


def test_a_finished_catalogue_has_no_problem(room):
    finished(room)
    assert work.check(room).problems == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("去 %(a)s", "去", "placeholders"),
        ("去 %(a)s", "去 %(b)s", "placeholders"),
        ("%(n)d 艘船", "船", "placeholders"),
        ('msgid "Sea"', '#, fuzzy\nmsgid "Sea"', "fuzzy"),
        ('"港"', '"港！"', "shouts"),
        ('msgid "Sea"', 'msgid "Lake"', "is used nowhere"),
        ('msgid "Sea"', 'msgid "Lake"', "is missing"),
    ],
)
def test_each_kind_of_mistake_is_named(room, before, after, expected):
    finished(room)
    room.po.write_text(room.po.read_text().replace(before, after))
    assert any(expected in problem for problem in work.check(room).problems)


def test_a_catalogue_that_cannot_be_read_names_its_line(room):
    finished(room)
    lines = room.po.read_text().splitlines()
    room.po.write_text("\n".join([*lines, "mgsid"]))
    (problem,) = work.check(room).problems
    assert problem.startswith(f"{room.po}:{len(lines) + 1} can't be read")


def test_two_rooms_must_say_the_same_thing_alike(room, tmp_path):
    finished(room)
    other = work.Room("other", tmp_path / "other", "zh-hans")
    other.po.parent.mkdir(parents=True)
    other.po.write_text('msgid "Sea"\nmsgstr "洋"\n')
    (found,) = work.disagreements([room, other])
    assert "'洋'" in found
    assert "'海'" in found


def test_this_room_is_translated_completely():
    (look,) = [room for room in work.rooms() if room.label == "look"]
    assert work.check(look).problems == []


def test_the_command_prints_json_and_fails_when_something_is_missing(room, monkeypatch):
    monkeypatch.setattr(work, "rooms", lambda: [room])
    work.collect(room)
    result = CliRunner().invoke(translations, ["check", "--json"])
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert data["rooms"][0]["room"] == "room"
    assert len(data["rooms"][0]["problems"]) == 5


def test_the_command_refuses_a_room_that_is_none(room, monkeypatch):
    monkeypatch.setattr(work, "rooms", lambda: [room])
    result = CliRunner().invoke(translations, ["collect", "attic"])
    assert result.exit_code == 2
    assert "attic" in result.stderr
