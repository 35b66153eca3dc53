"""`zhoudao catalog check`, `load` and `list`."""

import json

import pytest
from click.testing import CliRunner

from zhoudao.core.city.tests.here import ITEMS
from zhoudao.counter.catalog.commands import catalog
from zhoudao.counter.catalog.models import PublishedItem

pytestmark = pytest.mark.django_db


def run(*words):
    return CliRunner().invoke(catalog, [str(word) for word in words])


@pytest.fixture
def broken(folder, renewal):
    text = renewal.read_text(encoding="utf-8")
    renewal.write_text(text.replace("  fen: 1000", "  fen: -1"), encoding="utf-8")
    return folder


def test_check_reads_the_city_pack_when_no_folder_is_named(settings):
    settings.CITY_PACK = ITEMS.parent
    result = run("check", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"folder": str(ITEMS), "items": 125, "problems": []}


def test_check_names_each_problem_and_exits_with_2(broken, renewal):
    result = run("check", broken)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"{renewal}:")
    assert "fee.fen" in result.stderr


def test_check_gives_problems_as_json(broken, renewal):
    result = run("check", broken, "--json")
    assert result.exit_code == 2
    problem = json.loads(result.stdout)["problems"][0]
    assert (problem["path"], problem["field"]) == (str(renewal), "fee.fen")
    assert problem["line"] > 1
    assert problem["expected"]


def test_load_says_what_it_did(folder):
    assert "2 added" in run("load", folder).stdout
    again = json.loads(run("load", folder, "--json").stdout)
    assert again["number"] == 1
    assert again["changes"]["unchanged"] == ["driver-licence-renewal", "driver-licence-replacement"]


def test_load_refuses_a_broken_folder_and_changes_nothing(broken):
    result = run("load", broken)
    assert result.exit_code == 2
    assert "nothing was loaded" in result.stderr
    assert not PublishedItem.objects.exists()


def test_a_folder_that_is_not_there():
    result = run("load", "/nowhere/items")
    assert result.exit_code == 2
    assert "is not a folder" in result.stderr


def test_list_gives_what_is_offered(folder):
    assert "catalogue is empty" in run("list").stdout
    run("load", folder)
    assert [item["code"] for item in json.loads(run("list", "--json").stdout)] == [
        "driver-licence-renewal",
        "driver-licence-replacement",
    ]
    assert json.loads(run("list", "--category", "household", "--json").stdout) == []
    assert "驾驶证期满换证" in run("list").stdout


def test_citations_names_what_nobody_checked(folder, renewal):
    before = json.loads(run("citations", folder, "--json").stdout)
    text = renewal.read_text(encoding="utf-8")
    renewal.write_text(text.replace("    checked: true\n", "    checked: false\n", 1), encoding="utf-8")
    result = run("citations", folder, "--json")
    assert result.exit_code == 0, result.stderr
    after = json.loads(result.stdout)
    assert after["citations"] == before["citations"]
    (new,) = [row for row in after["unchecked"] if row not in before["unchecked"]]
    assert (new["item"], "条文待核对" in new["note"]) == (renewal.stem, True)
