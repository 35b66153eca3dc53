"""From the tables of a made-up case to its firms, bank, people and money, and from each figure back to its rows."""

import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from zhoudao.engines.detection import Context, detectors, run
from zhoudao.engines.invoices import cases
from zhoudao.engines.invoices.commands import invoices as command
from zhoudao.sample.trade import case as trade
from zhoudao.sample.trade import schemes

SMALL = (800, 12_000)
LISTS = ("exporters", "upstream_firms", "underground_banks", "suspects", "accounts")
FIGURES = ("false_invoices_fen", "false_net_fen", "false_tax_fen", "refunds_fen")


def with_places(tables):
    """As a reader gives them: each row says where it stands."""
    return {
        name: table.append_column("source_file", pa.array([f"{name}.csv"] * len(table), pa.string()))
        .append_column("source_sheet", pa.nulls(len(table), pa.string()))
        .append_column("source_row", pa.array(range(2, len(table) + 2), pa.int64()))
        for name, table in tables.items()
    }


def screened(seed):
    made = trade.make(seed, *SMALL, lambda _: None)
    tables = with_places(made.tables)
    return made.truth["cases"][0], tables, cases.screen(tables, Context())


@pytest.fixture(scope="module", params=range(1, 5), ids=lambda seed: schemes.shape_of(seed))
def found(request):
    """Seeds 1 to 4 taught the weights nothing."""
    return screened(request.param)


@pytest.fixture(scope="module")
def one():
    """A shape with two layers of issuers."""
    return screened(3)


def test_the_strongest_case_is_the_crime_to_a_fen(found):
    told, _, done = found
    case = cases.case_as_data(done, done.cases[0])
    for name in LISTS:
        assert case[name] == told[name], name
    for name in FIGURES:
        assert case[name] == told[name], name


def test_no_honest_firm_is_in_any_case(found):
    told, _, done = found
    guilty = {*told["upstream_firms"], *told["exporters"]}
    assert set().union(*(case.widened.issuers | case.widened.exporters for case in done.cases)) == guilty


def test_every_figure_is_the_sum_over_its_rows_and_counts_none_twice(found):
    _, tables, done = found
    columns = {"false_invoices_fen": ("invoices", "total"), "false_net_fen": ("invoices", "net"),
               "false_tax_fen": ("invoices", "tax"), "refunds_fen": ("refunds", "refund")}  # fmt: skip
    for name, (table, column) in columns.items():
        total = done.cases[0].totals[name]
        assert len(set(total.rows)) == len(total.rows) > 0
        assert {row.source_file for row in total.rows} == {f"{table}.csv"}
        at = [row.source_row - 2 for row in total.rows]
        assert sum(tables[table][column].take(at).to_pylist()) == total.value


def test_the_picture_is_the_same_from_whichever_firm_one_starts(found):
    told, _, done = found
    wanted = {*told["upstream_firms"], *told["exporters"]}
    for start in sorted(wanted):
        widened = cases.widen(done.evidence, done.links, start)
        assert widened.issuers | widened.exporters == wanted, start
        assert widened.stopped == "too_weak"
        assert widened.next.score.total < 0 <= min(step.score.total for step in widened.steps[1:])


def test_each_step_says_why_in_two_languages_and_ties_to_what_was_taken_before(found):
    _, _, done = found
    data = cases.case_as_data(done, done.cases[0])
    taken = set()
    for step in data["steps"]:
        assert all(sign["zh"] and sign["en"] and sign["weight"] > 0 for sign in step["signs"])
        total = step["prior"] + sum(sign["weight"] for sign in step["signs"])
        assert total == pytest.approx(step["log_odds"], abs=0.01)
        if taken:
            assert any(sign["finding_id"] is None for sign in step["signs"]), "no tie"
        taken.add(step["firm"])


def test_an_honest_firm_leads_nowhere(found):
    told, _, done = found
    guilty = {*told["upstream_firms"], *told["exporters"]}
    honest = sorted(set(done.links.sold) - guilty - set(done.evidence.hits))[:40]
    assert len(honest) == 40
    for start in honest:
        widened = cases.widen(done.evidence, done.links, start)
        assert widened.issuers | widened.exporters == {start}


def test_it_stops_after_as_many_firms_as_were_allowed(found):
    told, _, done = found
    widened = cases.widen(done.evidence, done.links, told["exporters"][0], most=3)
    assert (len(widened.steps), widened.stopped) == (3, "most")


def test_the_order_of_rows_changes_nothing(one):
    _, tables, done = one
    turned = {name: table.take(pa.array(range(len(table))[::-1], pa.int64())) for name, table in tables.items()}
    again = cases.screen(turned, Context())
    assert [cases.case_as_data(again, case) for case in again.cases] == [
        cases.case_as_data(done, case) for case in done.cases
    ]


def test_without_the_money_the_issuers_are_found_and_the_want_is_said(one):
    told, tables, _ = one
    done = cases.screen({k: v for k, v in tables.items() if k not in ("ledger", "accounts")}, Context())
    assert len(set(told["upstream_firms"]) & done.cases[0].widened.issuers) >= len(told["upstream_firms"]) * 0.6
    assert done.cases[0].banks == ()
    assert any("ledger" in sentence for sentence in done.evidence.not_checked)


def test_as_a_detector_its_findings_open_the_same_rows(one):
    _, tables, done = one
    ran = run(detectors()["invoices.cases"], tables, {}, Context())
    case = done.cases[0]
    assert ran.findings.equals(
        pa.concat_tables([cases.findings_of(each).findings for each in done.cases]).set_column(
            1, ran.findings.schema.field(1), ran.findings["run_id"]
        )
    )
    rows = pl.from_arrow(ran.rows).group_by("finding_id").len()
    opened = dict(rows.iter_rows())
    for name, total in cases.case_as_data(done, case)["totals"].items():
        assert opened.get(total["finding_id"], 0) == total["rows"], name


def test_the_command_tells_the_case_from_the_files(tmp_path):
    made = trade.make(1, *SMALL, lambda _: None)
    trade.write(made, tmp_path / "case", None)
    done = CliRunner().invoke(command, ["screen", str(tmp_path / "case"), "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    (truth,) = made.truth["cases"]
    assert len(told["cases"]) == 1
    assert {name: told["cases"][0][name] for name in (*LISTS, *FIGURES)} == {
        name: truth[name] for name in (*LISTS, *FIGURES)
    }
    assert told["read"]["rows_in"] == told["read"]["rows_kept"]
    findings = pq.read_table(told["files"][0])
    rows = pq.read_table(told["files"][1])
    assert set(rows["finding_id"].to_pylist()) <= set(findings["finding_id"].to_pylist())
    assert {Path(name).name for name in told["files"]} == {"findings.parquet", "finding_rows.parquet"}
    places = pl.from_arrow(rows).filter(pl.col("finding_id") == told["cases"][0]["totals"]["refunds_fen"]["finding_id"])
    assert (places["source_file"].str.contains("退税")).all()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: None, "there is none"),
        (lambda folder: folder.mkdir(), "no file in it has the headers"),
        (lambda folder: (folder.mkdir(), (folder / "账户.csv").write_text("账号,户主证件号码\n9901,1\n")), "no "),
    ],
    ids=["no folder", "empty folder", "only accounts"],
)
def test_what_can_not_be_used_ends_with_2_and_a_sentence(tmp_path, make, says):
    make(tmp_path / "case")
    done = CliRunner().invoke(command, ["screen", str(tmp_path / "case"), "--json"])
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""
