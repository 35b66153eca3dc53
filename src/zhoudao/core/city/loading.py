"""Reads a pack folder into models; what can't be used is refused by file, line and field."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from zhoudao.core.city import shapes, yaml_lines
from zhoudao.core.city.checks import misfits
from zhoudao.core.city.shapes import City, Pack
from zhoudao.core.city.yaml_lines import LineOf, Problem

Model = TypeVar("Model", bound=BaseModel)


class BadPack(ValueError):
    """A city pack that can't be used: ``FILE:LINE field: problem; expected ...``, a line a problem."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def current() -> City:
    """The city this installation serves: the pack that ``ZHOUDAO_CITY`` names. Read once."""
    from django.conf import settings

    return load(Path(settings.CITY_PACK))


@cache
def load(folder: Path) -> City:
    """city.yaml of a pack. Raises BadPack."""
    path = folder / "city.yaml"
    data, line_of = _read(path)
    if isinstance(data, dict):
        if "folder" in data:
            expected = "it left out: the folder is where the file is"
            raise BadPack(
                [Problem(path, line_of(["folder"]), "folder", "is not for the file to say", expected)]
            )
        data = {**data, "folder": folder}
    city = _validated(City, data, path, line_of)
    if city.code != folder.resolve().name:
        expected = f"{folder.resolve().name}, the folder's name"
        raise BadPack([Problem(path, line_of(["code"]), "code", f"is {city.code}", expected)])
    return city


@cache
def load_pack(folder: Path) -> Pack:
    """Every file of a pack but land.geojson (see ``land``) and the items, cross-checked. Raises BadPack."""
    city = load(folder)
    problems: list[Problem] = []
    files: dict[str, Any] = {}
    lines: dict[str, LineOf] = {}
    for name in FILES:
        try:
            files[name], lines[name] = read_part(folder, name)
        except BadPack as error:
            problems += error.problems
    if problems:
        raise BadPack(problems)
    pack = Pack(
        city=city,
        islands=files["islands.yaml"].islands,
        bridges=files["islands.yaml"].bridges,
        settlements=files["settlements.yaml"].settlements,
        piers=files["piers.yaml"].piers,
        lines=files["lines.yaml"],
        names=files["names.yaml"],
        hours=files["hours.yaml"].hours,
        points=files["points.yaml"].points,
        phones=files["phones.yaml"].phones,
        guides=files["guides.yaml"],
    )
    problems = misfits(pack, folder, lines)
    if problems:
        raise BadPack(problems)
    return pack


def read_part(folder: Path, name: str) -> tuple[Any, LineOf]:
    """One file of a pack as its model, and its lines. Raises BadPack."""
    path = folder / name
    data, line_of = _read(path)
    return _validated(FILES[name], data, path, line_of), line_of


FILES: dict[str, type[BaseModel]] = {
    "islands.yaml": shapes.Islands,
    "settlements.yaml": shapes.Settlements,
    "piers.yaml": shapes.Piers,
    "lines.yaml": shapes.Lines,
    "names.yaml": shapes.StreetNames,
    "hours.yaml": shapes.Hours,
    "points.yaml": shapes.Points,
    "phones.yaml": shapes.Phones,
    "guides.yaml": shapes.GuideNotes,
}
"""The files of a pack beside city.yaml, land.geojson and items/."""


def _read(path: Path) -> tuple[Any, LineOf]:
    try:
        return yaml_lines.load(path)
    except yaml_lines.BadYaml as error:
        raise BadPack(error.problems) from None


def _validated(model: type[Model], data: Any, path: Path, line_of: LineOf) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BadPack(yaml_lines.problems_of(error, model, path, line_of)) from None
