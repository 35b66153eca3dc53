"""docs/city-pack.md explains every file of a pack and every field of every file."""

from typing import get_args

import pytest
from django.conf import settings
from pydantic import BaseModel

from zhoudao.core.city.loading import FILES
from zhoudao.core.city.shapes import City

PAGE = (settings.CHECKOUT / "docs" / "city-pack.md").read_text(encoding="utf-8")


def fields(model: type[BaseModel]) -> set[str]:
    """Names of the fields of a model and of the models in it."""
    found = set()
    for name, info in model.model_fields.items():
        if info.exclude:
            continue
        found.add(info.alias or name)
        for inner in inner_models(info.annotation):
            found |= fields(inner)
    return found


def inner_models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in inner_models(part)]


@pytest.mark.parametrize("name", ["city.yaml", "land.geojson", "LICENSE.md", *FILES])
def test_every_file_is_named(name):
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("model", [City, *FILES.values()], ids=lambda model: model.__name__)
def test_every_field_is_named(model):
    assert {name for name in fields(model) - {"zh", "en"} if f"`{name}`" not in PAGE} == set()
