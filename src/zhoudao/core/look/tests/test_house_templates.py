"""Every template of the house can be drawn by the look, under its content security policy."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.template import engines

from zhoudao.core.access import STAFF_ROLES, Actor
from zhoudao.core.look import icons, navigation

TEMPLATES = [
    path
    for app in apps.get_app_configs()
    if app.name.startswith("zhoudao.")
    for path in sorted(Path(app.path, "templates").rglob("*.html"))
]


def name(path: Path) -> str:
    return "/".join(path.parts[path.parts.index("templates") + 1 :])


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_compiles(path):
    engines["django"].from_string(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_has_no_inline_script_or_style(path):
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", source)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_the_static_files_a_template_names_exist(path):
    named = re.findall(r"{% static ['\"]([^'\"]+)['\"] %}", path.read_text(encoding="utf-8"))
    assert [file for file in named if finders.find(file) is None] == []


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_what_the_rooms_offer_staff_has_a_route_and_an_icon(role):
    links = [
        link for part in navigation.sections(Actor("user:1", role, user_id=1), "/") for link in part.links
    ]
    assert [link.label for link in links if link.icon not in icons.PATHS] == []
    assert all(link.path.startswith("/") for link in links)
