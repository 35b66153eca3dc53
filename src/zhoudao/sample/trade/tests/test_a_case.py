"""A made-up case adds up, is the same for a seed, and keeps what is true out of what police receive."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from zhoudao.core.people.rules.numbers import BadNumber, parse_credit_code, parse_identity_number
from zhoudao.engines.invoices.tables import TABLES
from zhoudao.sample.commands import sample
from zhoudao.sample.people.numbers import region_is_unassigned
from zhoudao.sample.trade import case as trade
from zhoudao.sample.trade import schemes

SMALL = (800, 12_000)


@pytest.fixture(scope="module", params=range(1, 6), ids=lambda seed: schemes.shape_of(seed))
def case(request):
    return trade.make(request.param, *SMALL, lambda _: None)


def frame(case, name):
    return pl.from_arrow(case.tables[name])


def test_every_table_has_its_shape_and_its_rows_belong_somewhere(case):
    for name, table in case.tables.items():
        assert table.schema == TABLES[name]
        assert len(table) or name == "notices", name
    firms = set(frame(case, "registrations")["firm_id"])
    invoices = frame(case, "invoices")
    assert invoices["invoice_id"].is_unique().all()
    assert set(invoices["seller_id"]) <= firms
    assert set(invoices["buyer_id"]) <= firms | {""}
    assert set(frame(case, "lines")["invoice_id"]) == set(invoices["invoice_id"])
    assert set(invoices["red_of"].drop_nulls()) <= set(invoices["invoice_id"])
    assert set(frame(case, "refunds")["invoice_id"]) <= set(invoices["invoice_id"])
    declared = set(frame(case, "declarations")["declaration_id"])
    assert set(frame(case, "declaration_lines")["declaration_id"]) == declared
    assert set(frame(case, "declarations")["bl_number"]) == set(frame(case, "bills_of_lading")["bl_number"])
    accounts = set(frame(case, "accounts")["account"])
    ledger = frame(case, "ledger")
    assert set(ledger["source_account"]) | set(ledger["target_account"]) <= accounts
    assert (ledger["amount"] > 0).all()


def test_invoices_add_up(case):
    invoices, lines = frame(case, "invoices"), frame(case, "lines")
    assert (invoices["net"] + invoices["tax"] == invoices["total"]).all()
    by_line = lines.group_by("invoice_id").agg(pl.col("net").sum(), pl.col("tax").sum())
    joined = invoices.join(by_line, on="invoice_id")
    assert (joined["net"] == joined["net_right"]).all()
    assert (joined["tax"] == joined["tax_right"]).all()
    off = (lines["tax"] - lines["net"] * lines["rate"] / 10_000).abs()
    assert off.max() <= 1


def test_refunds_follow_their_rate_and_rest_on_an_invoice_once(case):
    refunds = frame(case, "refunds")
    assert refunds["invoice_id"].is_unique().all()
    assert ((refunds["refund"] - refunds["basis"] * refunds["rate"] / 10_000).abs() <= 1).all()


def test_what_is_true_is_what_the_tables_say(case):
    (told,) = case.truth["cases"]
    invoices = frame(case, "invoices")
    false = invoices.filter(pl.col("seller_id").is_in(told["upstream_firms"]) & (pl.col("state") != "void"))
    assert false["total"].sum() == told["false_invoices_fen"] == told["false_net_fen"] + told["false_tax_fen"]
    paid = frame(case, "refunds").filter(
        pl.col("exporter_id").is_in(told["exporters"]) & pl.col("paid_on").is_not_null()
    )
    assert paid["refund"].sum() == told["refunds_fen"] > 0
    accounts = frame(case, "accounts")
    heads = set(frame(case, "registrations")["legal_representative"])
    holders = set(accounts.filter(pl.col("account").is_in(told["accounts"]))["holder_id"])
    assert set(told["suspects"]) <= heads | set(frame(case, "registrations")["finance_officer"]) | holders
    assert holders <= set(told["suspects"])
    assert set(told["underground_banks"]) <= set(told["accounts"])


def test_nobody_in_it_is_real(case):
    registered = frame(case, "registrations")
    for number in registered["legal_representative"].unique():
        parse_identity_number(number)
        assert region_is_unassigned(number[:6])
    for code in registered["firm_id"]:
        assert parse_credit_code(code) == code
        assert region_is_unassigned(code[2:8])
    assert registered["phone"].str.starts_with("12").all()
    assert frame(case, "accounts")["account"].str.starts_with("99").all()


def test_the_reported_case_has_the_reported_figures():
    (told,) = trade.make(1, *SMALL, lambda _: None).truth["cases"]
    assert len(told["upstream_firms"]) == 12
    assert len(told["underground_banks"]) == 1
    assert len(told["suspects"]) == 15
    assert 41_050_000_00 <= told["false_invoices_fen"] < 41_060_000_00
    assert 5_700_000_00 <= told["refunds_fen"] < 5_800_000_00
    assert not any(code[2:8] == "339999" for code in told["upstream_firms"]), "all outside the city"


def test_a_number_does_not_tell_who_made_the_row(case):
    """False invoices lie among honest ones in number as they do in time."""
    (told,) = case.truth["cases"]
    invoices = frame(case, "invoices").sort("issued_at")
    digital = invoices.filter(pl.col("digital"))
    serials = digital["invoice_id"].str.slice(5).cast(pl.Int64).to_numpy()
    assert (np.diff(serials) >= 0).mean() > 0.99
    guilty = digital["seller_id"].is_in(told["upstream_firms"]).to_numpy()
    assert guilty.any()


def test_the_command_writes_the_same_bytes_and_nothing_true(tmp_path):
    def made(name):
        folder = tmp_path / name
        done = CliRunner().invoke(
            sample,
            [*["case", "refund", "--seed", "2", "--firms", "800", "--invoices", "12000", "--json"],
             "--out", str(folder), "--truth", str(tmp_path / f"{name}.json")],
        )  # fmt: skip
        assert done.exit_code == 0, done.output
        return folder, json.loads(done.stdout)

    one, told = made("one")
    two, _ = made("two")
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert sorted(told["files"]) == [str(name) for name in names]
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_the_truth_may_not_lie_inside_and_nothing_is_overwritten(tmp_path):
    made = trade.make(2, *SMALL, lambda _: None)
    with pytest.raises(trade.FolderInTheWay, match="apart from what police receive"):
        trade.write(made, tmp_path / "out", tmp_path / "out" / "truth.json")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept.txt").write_text("mine")
    with pytest.raises(trade.FolderInTheWay, match="not empty"):
        trade.write(made, tmp_path / "full", None)


def test_a_number_that_is_none_is_refused_by_the_check_used_here():
    with pytest.raises(BadNumber):
        parse_identity_number("339999196207080621")
