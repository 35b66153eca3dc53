"""docs/data-map.md holds every field that may hold a person's data, and says rightly whether it is sealed."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps
from django.db.models import Field

from zhoudao.core.keys.fields import SealedTextField

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "data-map.md").read_text(encoding="utf-8")
FIELDS = {
    f"{model._meta.label}.{field.name}": field
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if not model.__module__.startswith(("django.", "zhoudao.core.look.tests"))
}
PERSONAL = re.compile(
    r"(^|_)(name|username|phone|mobile|document|address|email|origin|birth|holder|applicant|contact|sex|ip|agent|"
    r"words|note|message|answer|answers|staff|actor|details|index)(_|$)"
)


def mapped() -> dict[str, list[str]]:
    table = PAGE.split("## Outside")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| (.*) \|$", table, re.MULTILINE)
    return {name: cells.split(" | ") for name, cells in rows}


def looked_at() -> set[str]:
    return set(re.findall(r"`(\w+\.\w+\.\w+)`", PAGE.split("## Looked at")[1]))


def is_sealed(field: Field) -> bool:
    return isinstance(field, SealedTextField)


def test_every_sealed_field_is_on_the_map():
    sealed = {name for name, field in FIELDS.items() if is_sealed(field)}
    assert sealed - set(mapped()) - looked_at() == set()


def test_no_name_that_sounds_like_a_persons_is_passed_over():
    sounding = {name for name in FIELDS if PERSONAL.search(name.rpartition(".")[2])}
    assert sounding - set(mapped()) - looked_at() == set()


def test_the_map_says_rightly_what_is_sealed():
    assert {name for name in mapped() if name not in FIELDS} == set(), "fields that no longer exist"
    for name, cells in mapped().items():
        assert len(cells) == 5, name
        assert all(cells), f"{name}: an empty cell"
        assert (cells[-1] == "yes") == is_sealed(FIELDS[name]), name


def test_what_was_looked_at_still_exists():
    assert looked_at() - set(FIELDS) == set()
