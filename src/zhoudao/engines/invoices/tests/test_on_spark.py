"""The relational screens, unchanged, on a local Spark: the same findings as on DuckDB."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from zhoudao.engines.detection import detectors
from zhoudao.engines.invoices.reading import read_folder
from zhoudao.engines.invoices.screens.relational import BUILDS

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, pa.Table]:
    place = tmp_path_factory.mktemp("trade") / "case"
    size = ["--seed", "5", "--firms", "400", "--invoices", "4000"]
    made = [sys.executable, "-m", "zhoudao", "sample", "case", "refund", *size, "--out", str(place)]
    subprocess.run(made, check=True, capture_output=True)
    read = read_folder(place, tmp_path_factory.mktemp("shelf")).tables
    return {name: table.arrow() for name, table in read.items()}


@pytest.fixture(scope="module")
def spark(tables, tmp_path_factory):
    """Every table as a view of a Spark session, by way of Parquet."""
    sql = pytest.importorskip("pyspark.sql", reason="the extra `spark` is not installed")
    import pyarrow.parquet as pq

    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    folder: Path = tmp_path_factory.mktemp("parquet")
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
        session.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.fixture(scope="module")
def duck(tables):
    connection = ibis.duckdb.connect()
    for name, table in tables.items():
        connection.create_view(name, ibis.memtable(table))
    return connection


def rows_of(connection: Any, expression: Any) -> list[tuple[str, ...]]:
    """Every row as text, in an order of its own: engines return rows in any."""
    columns = sorted(expression.columns)
    data = connection.to_pyarrow(expression).select(columns).to_pylist()
    return sorted(tuple(_plain(row[name]) for name in columns) for row in data)


def _plain(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | str):
        return str(value)
    try:
        return f"{float(value):.6g}"  # type: ignore[arg-type]  # whole, float or decimal, as the engine has it
    except (TypeError, ValueError):
        return str(value)[:19]


@pytest.mark.parametrize("name", sorted(BUILDS))
def test_finds_the_same(name, spark, duck):
    detector = detectors()[name]
    params = detector.read({})
    found = {}
    for connection in (duck, spark):
        screened = BUILDS[name]({each: connection.table(each) for each in detector.needs}, params)
        found[connection.name] = (
            rows_of(connection, screened.findings), rows_of(connection, screened.rows)
        )  # fmt: skip
    assert found["pyspark"] == found["duckdb"]
