"""Addresses come back as they went, and pictures keep their figures, their words and their distance."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.desk.evidence.ledger.filters import BadFilter
from zhoudao.desk.money import asking
from zhoudao.desk.money.drawing import clock, layers, net
from zhoudao.desk.money.drawing.paper import Drawing, Format, printed, sheet, short
from zhoudao.desk.money.rules import LONGEST_TRACE, MOST_NEIGHBOURS

REF = st.text("0123456789abcdef", min_size=16, max_size=16).map(lambda text: f"r{text}")
REFS = st.lists(REF, max_size=5, unique=True).map(tuple)
DAY = st.none() | st.dates(date(1990, 1, 1), date(2090, 12, 31))
LEDGER = st.none() | st.integers(1, 9999)
NAME = st.text(max_size=40).filter(lambda text: text.isprintable())


@given(
    st.builds(
        asking.GraphAsk,
        accounts=REFS,
        first=DAY,
        last=DAY,
        least=st.none() | st.integers(0, 10**12),
        currency=st.sampled_from(["", "CNY", "USD"]),
        most=st.integers(1, MOST_NEIGHBOURS),
        ledger=LEDGER,
    )
)
def test_a_graphs_question_survives_its_address(ask):
    assert asking.read_graph(QueryDict(ask.query)) == ask


@given(st.builds(asking.TraceAsk, starts=REFS, transfers=st.lists(REF, max_size=3, unique=True).map(tuple),
                 rule=st.sampled_from(["fifo", "libr", "poison", "pro-rata"]), forward=st.booleans(),
                 days=st.integers(1, LONGEST_TRACE), first=DAY, last=DAY, stops=REFS, ledger=LEDGER,
                 payer=st.just("") | REF, payee=st.just("") | REF))  # fmt: skip
def test_a_traces_question_survives_its_address(ask):
    assert asking.read_trace(QueryDict(ask.query)) == ask


KEYS = st.sampled_from(["places", "groups", "brush", "name", "members", "r0123456789abcdef"])
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.floats() | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
)


@given(st.text(max_size=300) | VALUES.map(json.dumps))
def test_whatever_a_browser_sends_as_state_is_read_or_refused(text):
    """Nothing but BadFilter is raised, and what is read can be written and read again."""
    with suppress(BadFilter):
        state = asking.read_state(text)
        assert asking.read_state(json.dumps(state.as_data())) == state


BARS = st.lists(
    st.tuples(st.integers(0, 3), NAME, st.integers(0, 10**12), st.integers(0, 10**12), st.booleans()),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=60)
@given(BARS, st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 10**11)), max_size=15))
def test_layers_are_whole_svg_and_no_label_covers_another(told, bands):
    bars = [layers.Bar(column, name, "", passed, kept, missing, name) for column, name, passed, kept, missing in told]
    joined = [layers.Band(a % len(bars), b % len(bars), amount, "") for a, b, amount in bands]
    drawing = layers.draw(bars, joined, ["起点", "1", "2", "3"])
    root = ET.fromstring(f"<svg>{drawing.inside}</svg>")
    names = [each for each in root.iter("text") if "strong" in each.get("class", "")]
    assert len(names) == len(bars)
    by_column: dict[str, list[float]] = {}
    for each in names:
        by_column.setdefault(each.get("x", ""), []).append(float(each.get("y", 0)))
    for column in by_column.values():
        tops = sorted(column)
        assert all(b - a >= 28 for a, b in pairwise(tops))
    assert all(0 <= y <= drawing.height for column in by_column.values() for y in column)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**12), NAME), min_size=2, max_size=12))
def test_a_clock_is_whole_svg_and_its_labels_keep_apart(told):
    begin = datetime(2026, 5, 4, tzinfo=UTC)
    hops = [clock.Hop(begin + timedelta(seconds=at), fen, name, "", name) for at, fen, name in sorted(told)]
    root = ET.fromstring(f"<svg>{clock.draw(hops, ['1']).inside}</svg>")
    assert len([each for each in root.iter("circle") if each.get("class") == "badge-dot"]) == len(hops)
    sides: dict[str, list[float]] = {}
    for each in root.iter("text"):
        if each.get("class", "").startswith("strong") and "middle" not in each.get("class", ""):
            sides.setdefault(each.get("class", ""), []).append(float(each.get("y", 0)))
    for side in sides.values():
        tops = sorted(side)
        assert all(b - a >= clock.APART - 0.2 for a, b in pairwise(tops))


def test_a_graph_on_paper_keeps_its_shape_and_bends_what_comes_back():
    dots = {
        "a": net.Dot("甲", "", "dot", 5, (0, 0)),
        "b": net.Dot("乙", "", "dot", 5, (10, 0)),
        "c": net.Dot("丙", "", "dot-missing", 5, (0, 5)),
    }
    arrows = [net.Arrow("a", "b", 5, "5"), net.Arrow("b", "a", 1, "1"), net.Arrow("a", "c", 2, "2")]
    root = ET.fromstring(f"<svg>{net.draw(dots, arrows).inside}</svg>")
    places = [(float(each.get("cx", 0)), float(each.get("cy", 0))) for each in root.iter("circle")]
    assert places[1][0] - places[0][0] == 2 * (places[0][1] - places[2][1])  # y goes up on the screen
    assert len(list(root.iter("path"))) == len(list(root.iter("polygon"))) == 3


def test_words_from_a_ledger_cannot_leave_their_place():
    evil = "</text><script>alert(1)</script>"
    bar = layers.Bar(0, evil, evil, 1, 1, False, evil, "/x?a=1&b=2")
    svg = sheet(layers.draw([bar], [], [evil]), evil, [evil])
    assert "<script" not in svg
    ET.fromstring(svg)


def test_one_drawing_makes_three_kinds_of_file():
    svg = sheet(Drawing('<text x="1" y="20">资金</text>', 100, 50), "资金去向", ["注" * 200])
    assert printed(svg, Format.SVG).startswith(b"<svg")
    assert printed(svg, Format.PNG).startswith(b"\x89PNG")
    assert printed(svg, Format.PDF).startswith(b"%PDF")


def test_what_is_cut_short_says_so():
    assert short("浙江样例贸易有限公司", 9) == "浙江样…"
    assert short("abc", 3) == "abc"
