"""`zhoudao search "WORDS"`."""

from __future__ import annotations

import click

from zhoudao.core.commands import emit, refuse
from zhoudao.counter.catalog.search.find import find


@click.command()
@click.argument("words")
@click.option(
    "--limit", type=click.IntRange(1, 50), default=5, show_default=True, help="At most this many items."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON list, best first: item, title, title_en, score."
)
def search(words: str, limit: int, as_json: bool) -> None:
    """Find the item that WORDS mean: Chinese, pinyin, initials or English."""
    if not words.strip():
        refuse("WORDS is empty; expected what someone lost or needs, such as 身份证丢了")
    found = find(words, limit=limit)
    lines = [f"{one.score:5.2f}  {one.item:32} {one.title}  {one.title_en}" for one in found]
    emit([vars(one) for one in found], as_json, lines or ["Nothing fits these words."])
