"""From the files of a made-up case back to its tables, and by the screens to the firms that did it."""

import polars as pl
import pytest

from zhoudao.engines.detection import Context, detectors, run
from zhoudao.engines.invoices.reading import read_folder
from zhoudao.engines.invoices.tables import TABLES
from zhoudao.sample.trade import case as trade


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    case = trade.make(1, 800, 12_000, lambda _: None)
    folder = tmp_path_factory.mktemp("case") / "files"
    trade.write(case, folder, None)
    return case, read_folder(folder, tmp_path_factory.mktemp("shelf"))


def found(read, name, **params):
    done = run(detectors()[name], read.tables, params, Context())
    return done, {row["subjects"][0]["id"] for row in done.findings.to_pylist()}


def test_every_row_comes_back_as_it_was(made):
    case, read = made
    assert read.report()["rows_kept"] == read.report()["rows_in"]
    for name, schema in TABLES.items():
        table = read.tables[name].arrow()
        columns = [column for column in schema.names if table[column].null_count < len(table)]
        there = pl.from_arrow(table.select(columns)).sort(columns[:3])
        was = pl.from_arrow(case.tables[name].select(columns)).sort(columns[:3])
        if name == "ledger":  # a consumer's empty name and none are one on paper
            there, was = (
                there.select(pl.all().cast(pl.String).fill_null("")),
                was.select(pl.all().cast(pl.String).fill_null("")),
            )
        assert there.equals(was), name


@pytest.mark.parametrize(
    ("name", "role", "at_least"),
    [
        ("invoices.new_at_quota", "upstream_firms", 9),
        ("invoices.gone_within_a_year", "upstream_firms", 6),
        ("invoices.no_means", "upstream_firms", 9),
        ("invoices.shared_contacts", "upstream_firms", 10),
        ("invoices.many_offices", "upstream_firms", 10),
        ("invoices.unpaid_inputs", "upstream_firms", 10),
        ("invoices.exporters_only", "upstream_firms", 8),
        ("invoices.shipper_not_exporter", "exporters", 1),
        ("invoices.remitter_not_consignee", "exporters", 1),
        ("invoices.payment_returns", "exporters", 1),
    ],
)
def test_a_screen_finds_what_it_is_for(made, name, role, at_least):
    case, read = made
    (told,) = case.truth["cases"]
    done, subjects = found(read, name)
    assert len(subjects & set(told[role])) >= at_least
    assert len(subjects - set(told[role])) < 200, "it is a reason to look, not a net for everybody"
    assert done.rows["source_row"].null_count == 0
    assert set(done.rows["finding_id"].to_pylist()) == set(done.findings["finding_id"].to_pylist())


def test_the_loops_lead_by_the_accounts_that_were_used(made):
    case, read = made
    (told,) = case.truth["cases"]
    done, _ = found(read, "invoices.payment_returns")
    conduits = {
        subject["id"]
        for row in done.findings.to_pylist()
        for subject in row["subjects"]
        if subject["role"] == "conduit" and row["subjects"][0]["id"] in told["exporters"]
    }
    assert conduits <= set(told["accounts"])
    assert set(told["underground_banks"]) <= conduits


@pytest.mark.parametrize("name", [name for name in detectors() if name.startswith("invoices.")])
def test_every_screen_runs_on_an_empty_case(name):
    empty = {
        table: schema.empty_table()
        .append_column("source_file", pl.Series([], dtype=pl.String).to_arrow())
        .append_column("source_sheet", pl.Series([], dtype=pl.String).to_arrow())
        .append_column("source_row", pl.Series([], dtype=pl.Int64).to_arrow())
        for table, schema in TABLES.items()
    }
    assert len(run(detectors()[name], empty, {}, Context()).findings) == 0
