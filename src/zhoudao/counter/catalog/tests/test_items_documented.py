"""docs/items.md names every key and every word an item may use, and its example is an item."""

import re
from enum import StrEnum
from pathlib import Path

import pytest
from django.conf import settings
from pydantic import BaseModel

from zhoudao.counter.catalog import program, schema
from zhoudao.counter.catalog.files import read_text

PAGE = (settings.CHECKOUT / "docs" / "items.md").read_text(encoding="utf-8")
SOURCES = {**vars(program), **vars(schema)}
MODELS = [
    program.CertificateTemplate, program.Choice, program.Ground, program.Paper, program.Program, program.Question,
    program.ShowIf, program.Step, schema.Item, schema.Words, schema.Steps, schema.Material, schema.Fee,
    schema.Duration, schema.Law,
]  # fmt: skip
KEYS = sorted({name for model in MODELS for name in model.model_fields})
WORDS = sorted(
    {
        word.value
        for kind in SOURCES.values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
        for word in kind
    }
)


def test_no_model_of_the_schema_is_forgotten():
    models = {kind for kind in SOURCES.values() if isinstance(kind, type) and issubclass(kind, BaseModel)}
    assert models - {schema.Strict, schema.Text} == set(MODELS)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_documented(key):
    rows = [line for line in PAGE.splitlines() if line.startswith("|")]
    assert any(f"`{key}`" in row for row in rows)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_documented(word):
    assert f"`{word}`" in PAGE


def test_the_example_is_an_item():
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    file = read_text(example.group(1), Path("docs/items.md"))
    assert file.item.code
