"""Reading a folder of items, with every problem of every file found at once.

``<folder>/<category>/<code>.yaml``, one item a file. A folder is whole or refused: ``read_folder`` returns
every item or raises ``BadItems`` with all that is wrong, each by file, line and field.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from zhoudao.core.city import yaml_lines
from zhoudao.core.city.yaml_lines import BadYaml, LineOf, Problem
from zhoudao.counter.catalog.schema import Category, Item


class BadItems(ValueError):
    """Items that can't be used. Its text: ``FILE:LINE field: problem; expected ...``, a line a problem."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class ItemFile:
    """One item and where it was read from."""

    path: Path
    line_of: LineOf
    item: Item

    def problem(self, place: tuple[str | int, ...], problem: str, expected: str) -> Problem:
        return Problem(self.path, self.line_of(place), yaml_lines.field_name(place), problem, expected)


def read_folder(folder: Path) -> list[Item]:
    """Every item of ``folder``, by category and code. Raises BadItems."""
    if not folder.is_dir():
        raise BadItems([Problem(folder, 0, "", "is not a folder", "a folder of items, one YAML file each")])
    problems: list[Problem] = []
    files: list[ItemFile] = []
    paths = sorted(path for pattern in ("*.yaml", "*.yml") for path in folder.rglob(pattern))
    for path in paths:
        try:
            files.append(read_file(path))
        except BadItems as bad:
            problems.extend(bad.problems)
    if not paths:
        problems.append(Problem(folder, 0, "", "holds no item", "files named <category>/<code>.yaml"))
    # An item whose file is broken still exists: naming it in `related` is not one more mistake.
    known = {path.stem for path in paths}
    problems.extend(problem for file in files for problem in _out_of_place(file, folder, known))
    problems.extend(_given_twice(files))
    if problems:
        raise BadItems(sorted(problems, key=lambda problem: (str(problem.path), problem.line)))
    shelves = list(Category)
    return sorted((file.item for file in files), key=lambda item: (shelves.index(item.category), item.code))


def read_file(path: Path) -> ItemFile:
    """One item by itself; other items are not looked at. Raises BadItems."""
    try:
        data, line_of = yaml_lines.load(path)
        return _checked(data, line_of, path)
    except BadYaml as bad:
        raise BadItems(bad.problems) from None


def read_text(text: str, path: Path) -> ItemFile:
    """As ``read_file``, of text that is in no file yet; ``path`` names it in problems."""
    try:
        data, line_of = yaml_lines.parse(text, path)
        return _checked(data, line_of, path)
    except BadYaml as bad:
        raise BadItems(bad.problems) from None


def _checked(data: object, line_of: LineOf, path: Path) -> ItemFile:
    if not isinstance(data, dict):
        raise BadItems([Problem(path, 1, "", "is not an item", "keys and values, the first of them code")])
    try:
        return ItemFile(path, line_of, Item.model_validate(data))
    except ValidationError as error:
        raise BadItems(yaml_lines.problems_of(error, Item, path, line_of)) from None


def _out_of_place(file: ItemFile, folder: Path, known: Collection[str]) -> Iterator[Problem]:
    """The file's name and folder say what the item says, and the items it names exist."""
    item, path = file.item, file.path
    if path != folder / item.category / f"{item.code}.yaml":
        right = f"the file to be {item.category}/{item.code}.yaml"
        yield file.problem(("code",), f"does not match the file {path.relative_to(folder)}", right)
    for position, code in enumerate(item.related):
        if code not in known:
            said = f"names {code}, which is no item"
            yield file.problem(("related", position), said, "the code of an item in this folder")


def _given_twice(files: list[ItemFile]) -> Iterator[Problem]:
    """No two items have the same code or the same rank."""
    codes: dict[str, ItemFile] = {}
    ranks: dict[int, ItemFile] = {}
    for file in files:
        code, rank = file.item.code, file.item.popular_rank
        other = codes.setdefault(code, file)
        if other is not file:
            yield file.problem(("code",), f"{code} is also the code of {other.path}", "a code of its own")
        other = file if rank is None else ranks.setdefault(rank, file)
        if other is not file:
            yield file.problem(
                ("popular_rank",), f"{rank} is also the rank of {other.path}", "each rank once"
            )
