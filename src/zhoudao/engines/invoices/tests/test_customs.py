"""Declarations ranked by what inspections found before, each with reasons that can be checked by counting."""

import sys
from ctypes import CDLL
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from zhoudao.engines.detection import Context, detectors, run, say
from zhoudao.engines.invoices import customs
from zhoudao.engines.invoices.customs.features import LIKE
from zhoudao.engines.invoices.customs.ranking import risks


def _grows_trees() -> bool:
    """Whether the machine has the library of the system's that the trees need."""
    try:
        CDLL("libgomp.so.1")
    except OSError:
        return sys.platform != "linux"
    return True


learning = pytest.mark.skipif(not _grows_trees(), reason="libgomp.so.1 is missing: apt install libgomp1")
GOODS, ORIGINS = ("610910", "854231", "420222", "940360"), ("CHN", "VNM", "DEU", "USA")
BAD = ("854231", "VNM")


def declarations(seed, count, begin=date(2026, 1, 1), *, luck=False):
    """Of one goods code from one country nine in ten are false, of others one in twenty. ``luck``: none of it."""
    chance = np.random.default_rng(seed)
    goods, origin = chance.choice(GOODS, count), chance.choice(ORIGINS, count)
    bad = (goods == BAD[0]) & (origin == BAD[1])
    fraud = chance.random(count) < (0.2 if luck else np.where(bad, 0.9, 0.05))
    firms = chance.integers(0, 40, (4, count))
    columns = {
        "declaration_id": [f"D{seed}-{number}" for number in range(count)],
        "declared_on": [begin + timedelta(days=int(day)) for day in np.sort(chance.integers(0, 90, count))],
        "hs6": goods, "origin": origin, "departure": origin,
        **{name: [f"{name}{number}" for number in firms[place].tolist()]
           for place, name in enumerate(("importer", "seller", "declarant", "courier"))},
        **{name: chance.choice(["1", "2"], count) for name in (
            "office", "process", "import_type", "import_use", "payment", "transport", "tax_type", "origin_mark")},
        "tax_rate": chance.choice([0.0, 8.0], count), "mass_kg": chance.lognormal(4, 1, count),
        "price": chance.lognormal(8, 1, count), "fraud": fraud,
    }  # fmt: skip
    return pa.table(columns, schema=pa.schema([*customs.IMPORTS, pa.field("fraud", pa.bool_())]))


def auc(truth, risk):
    order = np.argsort(np.argsort(risk))
    truth = np.array(truth)
    return (order[truth].sum() - truth.sum() * (truth.sum() - 1) / 2) / (truth.sum() * (~truth).sum())


@learning
def test_what_was_false_before_comes_first_and_the_reason_counts_it():
    history, new = declarations(1, 3000), declarations(2, 600, date(2026, 4, 1))
    ranked = customs.rank(customs.learn(history), new)
    assert len(ranked) == 600
    assert [one.risk for one in ranked] == sorted((one.risk for one in ranked), reverse=True)
    bad = [one for one in ranked if (new["hs6"][one.row].as_py(), new["origin"][one.row].as_py()) == BAD]
    assert {one.declaration_id for one in ranked[: len(bad)]} == {one.declaration_id for one in bad}
    seen = [x == BAD for x in zip(history["hs6"].to_pylist(), history["origin"].to_pylist(), strict=True)]
    found = sum(bool(f) for f, s in zip(history["fraud"].to_pylist(), seen, strict=True) if s)
    (why,) = [why for why in bad[0].reasons if why.code == "goods_from"]
    assert why.seen == sum(seen)
    assert why.share == pytest.approx(found / sum(seen), abs=0.06)


@learning
def test_no_declaration_counts_itself():
    """With outcomes that are luck there is nothing to learn, and nothing may look as if there were."""
    history, new = declarations(3, 3000, luck=True), declarations(4, 1500, luck=True)
    assert 0.45 < auc(new["fraud"].to_pylist(), risks(customs.learn(history), new)) < 0.55


@learning
def test_the_same_history_gives_the_same_ranking_and_the_outcome_of_the_new_is_not_asked():
    history, new = declarations(1, 2000), declarations(2, 300)
    first = customs.rank(customs.learn(history), new)
    assert first == customs.rank(customs.learn(history), new.drop_columns(["fraud"]))


@learning
def test_what_was_never_seen_is_ranked_all_the_same():
    new = declarations(5, 50)
    strange = new.set_column(2, new.schema.field(2), pa.array(["999999"] * 50)).set_column(
        3, new.schema.field(3), pa.nulls(50, pa.string())
    )
    assert np.isfinite(risks(customs.learn(declarations(1, 2000)), strange)).all()


def test_a_history_of_one_outcome_is_refused():
    history = declarations(1, 100)
    clean = history.set_column(history.num_columns - 1, "fraud", pa.array([False] * 100))
    with pytest.raises(ValueError, match="one outcome only"):
        customs.learn(clean)


@learning
def test_as_a_detector_it_lists_a_share_and_says_why_in_two_languages():
    history, new = declarations(1, 2000), declarations(2, 400)
    detector = detectors()["customs.ranked"]
    done = run(detector, {"imports_opened": history, "imports": new}, {"share": 0.1}, Context())
    assert len(done.findings) == len(done.rows) == 40
    for one in done.findings.to_pylist():
        for reason in one["reasons"]:
            values = dict(reason["values"])
            assert say(detector, reason["code"], values, "zh") != say(detector, reason["code"], values, "en")
    assert {reason["code"] for one in done.findings.to_pylist() for reason in one["reasons"]} & set(LIKE)


def test_without_the_system_library_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "lightgbm.py").write_text("raise OSError('libgomp.so.1: cannot open shared object file')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lightgbm", raising=False)
    with pytest.raises(OSError, match=r"needs a library of the system's: libgomp.so.1.*apt install libgomp1"):
        customs.learn(declarations(1, 200))
