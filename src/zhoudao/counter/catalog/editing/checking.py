"""Whether a text is an item that fits the catalogue, and the YAML of one that is in it."""

from __future__ import annotations

from pathlib import Path

import yaml

from zhoudao.core.access import Actor
from zhoudao.core.city.yaml_lines import Said
from zhoudao.counter.catalog import queries
from zhoudao.counter.catalog.actions import as_json
from zhoudao.counter.catalog.files import BadItems, ItemFile, read_text
from zhoudao.counter.catalog.schema import Item

NAME = Path("item.yaml")
LONGEST = 60_000
"""Characters of a text: the longest item of the city has 9,000."""


def check(actor: Actor, text: str) -> ItemFile:
    """The item a text says. Raises BadItems with every problem by line, also of what it names in the catalogue."""
    if len(text) > LONGEST:
        text = text[:LONGEST]
    file = read_text(text.replace("\r\n", "\n"), NAME)
    offered = {item.code: item for item in queries.definitions(actor)}
    problems = [
        file.problem(
            ("related", place), Said("names {code}, which is no item", code=code), "the code of an item"
        )
        for place, code in enumerate(file.item.related)
        if code not in offered and code != file.item.code
    ]
    rank = file.item.popular_rank
    twin = next(
        (each.code for each in offered.values() if rank and each.popular_rank == rank), file.item.code
    )
    if twin != file.item.code:
        problems.append(
            file.problem(
                ("popular_rank",),
                Said("{rank} is also the rank of {twin}", rank=rank, twin=twin),
                "each rank once",
            )
        )
    if problems:
        raise BadItems(problems)
    return file


class _Dumper(yaml.SafeDumper):
    """Writes what the reader takes: no aliases, long texts on one line."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def text_of(item: Item) -> str:
    """An item as YAML, in the order of the schema. Comments of its file are not in it."""
    return yaml.dump(as_json(item), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
