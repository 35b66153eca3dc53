"""The registry's parts together, by the command: streets, boats and people of the installation's own pack."""

import json

from click.testing import CliRunner

from zhoudao.core import city
from zhoudao.core.access import SYSTEM
from zhoudao.core.people.models import Resident
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.queries import counting as queries
from zhoudao.sample import build as making
from zhoudao.sample.commands import sample
from zhoudao.sample.registry import PARTS


def test_the_command_makes_and_loads_a_city_and_makes_it_again_to_the_byte(settings, tmp_path, db):
    settings.SAMPLE_DIR = tmp_path / "sample"
    done = CliRunner().invoke(sample, ["build", "--seed", "7", "--size", "small", "--json"])
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    here = city.current()
    folder = making.folder_of(here, 7, "small")
    assert told["folder"] == str(folder)
    assert told["loaded"] is True
    assert set(told["files"]) == {name for part in PARTS for name in part.writes}
    assert "making geography" in done.stderr
    counts = here.sample_counts
    assert {name: told["files"][f"{name}.csv"]["rows"] for name in ("points", "phones", "guides")} == {
        "points": counts.points,
        "phones": counts.phones,
        "guides": counts.guides,
    }
    assert Resident.objects.count() == here.sample["small"].residents
    months = queries.month_counts(SYSTEM, here.as_of.year) + queries.month_counts(SYSTEM, here.as_of.year - 1)
    assert Application.objects.filter(uid=None).count() == here.sample["small"].applications
    assert sum(months) == Application.objects.count(), "with those that were applied for on the pages"

    making.build(here, 7, "small", tmp_path / "again", lambda _: None)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name
