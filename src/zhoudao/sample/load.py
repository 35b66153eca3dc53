"""Loading a sample into the database, through the rooms' own actions. Loading twice changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django.conf import settings

from zhoudao.core import city as packs
from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import act
from zhoudao.core.people.actions import imports
from zhoudao.core.people.actions.imports import ImportReport
from zhoudao.core.people.actions.residents import index_of_document
from zhoudao.core.people.models import Agency, Organisation, Resident, User
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.core.workdays import actions as workdays
from zhoudao.counter.applications.actions import import_applications
from zhoudao.counter.catalog.actions import load_items
from zhoudao.counter.places.actions import import_guides, import_phones, import_points
from zhoudao.counter.places.coverage.actions import import_settlements
from zhoudao.counter.places.exchange.rows import Report
from zhoudao.counter.places.journeys.actions import install
from zhoudao.counter.windows.actions import import_sittings, import_visits, import_windows, learn
from zhoudao.engines.wayfinding import BadInput as BadNetworkInput
from zhoudao.sample import manifest, tables
from zhoudao.sample.case import load as case
from zhoudao.sample.hub import load as hub
from zhoudao.sample.loaded import LOAD, LOADED, is_loaded, loaded_folder
from zhoudao.sample.manifest import BadSample, Manifest
from zhoudao.sample.parts import Progress

KEPT = (manifest.FILE, "staff.csv")


def load(folder: Path, progress: Progress) -> Manifest:
    """Everything of a sample in one transaction, or nothing.

    It happens on the sample's own day, whatever the clock says: its people are born by then. Raises BadSample
    when the folder is no whole sample of this installation's city, when a room refuses a row, when the
    database holds another sample, and where no sample may be (``ZHOUDAO_SAMPLE=false``): real people must
    never be mixed with generated ones.
    """
    if not settings.SAMPLE_CITY:
        raise BadSample("this is no sample city (ZHOUDAO_SAMPLE=false), so no sample is loaded")
    found = manifest.read_whole(folder)
    here = packs.current()
    if found.origin.city != here.code:
        raise BadSample(
            f"{folder} is a sample of {found.origin.city}; expected one of {here.code}, this city"
        )
    _refuse_a_second(found)
    with clock.at(here.as_of), act(SYSTEM, LOAD, subject=f"sample:{folder.name}") as entry:
        entry.note(seed=found.origin.seed, size=found.origin.size, pack_sha256=found.origin.pack_sha256)
        workdays.seed(SYSTEM)
        _load_places(here.folder, folder, progress)
        _load_people(folder, progress)
        _say(progress, import_applications(SYSTEM, folder / "applications.csv"))
        _load_queues(folder, progress)
        _build_network(folder, progress)
        hub.load(found.origin.seed, progress)
        case.load(found.origin.seed)
    _keep(folder)
    case.write_zip(found.origin.seed, loaded_folder())
    return found


def _refuse_a_second(found: Manifest) -> None:
    """Two samples in one database would be a city with everybody twice."""
    if is_loaded() and manifest.read(loaded_folder()) != found:
        database = settings.DATABASES["default"]["NAME"]
        raise BadSample(
            "the database holds another sample, and this one would mix with it; empty the database first "
            f"(SQLite: stop the platform and delete {database}*), then load again"
        )


def _keep(folder: Path) -> None:
    coming = loaded_folder().with_name(f".{LOADED}.coming")
    shutil.rmtree(coming, ignore_errors=True)
    coming.mkdir(parents=True)
    for name in KEPT:
        shutil.copyfile(folder / name, coming / name)
    shutil.rmtree(loaded_folder(), ignore_errors=True)
    coming.rename(loaded_folder())


# Places ------------------------------------------------------------------------


def _load_places(pack: Path, folder: Path, progress: Progress) -> None:
    changes = load_items(SYSTEM, pack / "items").changes
    kept = len(changes.added) + len(changes.changed) + len(changes.unchanged)
    progress(f"items: {kept:,} rows, {len(changes.added):,} new, {len(changes.changed):,} changed")
    for take, name in ((import_points, "points"), (import_phones, "phones"), (import_guides, "guides")):
        _say(progress, take(SYSTEM, folder / f"{name}.csv", complete=True))
    _say(progress, import_settlements(SYSTEM, folder / "settlements.csv"))
    _say(progress, import_windows(SYSTEM, folder / "windows.csv"))


def _say(progress: Progress, report: Report) -> None:
    progress(f"{report.table}: {report.kept:,} rows, {report.added:,} new, {report.changed:,} changed")


def _load_queues(folder: Path, progress: Progress) -> None:
    """Past days at the windows, and what is learned of them."""
    _say(progress, import_visits(SYSTEM, folder / "queue_visits.csv"))
    _say(progress, import_sittings(SYSTEM, folder / "queue_sittings.csv"))
    learn(SYSTEM)


def _build_network(folder: Path, progress: Progress) -> None:
    """The sample's streets and timetable with the points just loaded. A sample made without its ground has none."""
    streets, feed = folder / "streets.osm.pbf", folder / "gtfs.zip"
    if not streets.exists() or not feed.exists():
        return
    try:
        built = install(SYSTEM, streets, feed, progress)
    except BadNetworkInput as bad:
        raise BadSample(f"its streets and timetable make no network:\n{bad}") from bad
    progress(
        f"network: {built.points} points, {built.stops} stops, {built.trips} trips, in {built.seconds} s"
    )


# People ------------------------------------------------------------------------

Cells = Mapping[str, str]


def _load_people(folder: Path, progress: Progress) -> None:
    residents = {row["code"]: _resident(row) for row in tables.read(folder / "residents.csv")}
    organisations = {row["code"]: _organisation(row) for row in tables.read(folder / "organisations.csv")}
    documents = set(Resident.objects.values_list("document_index", flat=True))
    _take(
        progress,
        "residents",
        imports.import_residents,
        residents.values(),
        lambda row: _document_index(row) in documents,
    )
    codes = set(Organisation.objects.values_list("credit_code", flat=True))
    _take(
        progress,
        "organisations",
        imports.import_organisations,
        organisations.values(),
        lambda row: row["credit_code"] in codes,
    )
    standing = set(
        Agency.objects.filter(withdrawn_at=None).values_list(
            "person__document_index", "organisation__credit_code"
        )
    )
    _take(
        progress,
        "agents",
        imports.import_agents,
        [
            _agent(row, residents[row["resident"]], organisations[row["organisation"]])
            for row in tables.read(folder / "agents.csv")
        ],
        lambda row: (_document_index(row), row["credit_code"]) in standing,
    )
    usernames = set(User.objects.values_list("username", flat=True))
    _take(
        progress,
        "staff",
        imports.import_staff,
        [_account(row, residents.get(row["resident"])) for row in tables.read(folder / "staff.csv")],
        lambda row: row["username"] in usernames,
    )


def _take(
    progress: Progress,
    table: str,
    action: Callable[..., ImportReport],
    rows: Iterable[Cells],
    is_known: Callable[[Cells], bool],
) -> None:
    """Hand the rows the database does not have to a room's import, which must refuse none."""
    numbered = list(enumerate(rows, 2))  # the header is line 1
    new = [(line, row) for line, row in numbered if not is_known(row)]
    if new:
        report = action(SYSTEM, new)
        if report.refused:
            told = "\n".join(f"{table}.csv:{refusal}" for refusal in report.refused[:20])
            raise BadSample(f"{len(report.refused)} rows were refused; build the sample again:\n{told}")
    progress(f"{table}: {len(numbered):,} rows, {len(new):,} new")


def _document_index(row: Cells) -> str:
    """Empty for a document that can't be: no row has that, so the import gets it and says what is wrong."""
    try:
        return index_of_document(row)
    except BadInput:
        return ""


def _resident(row: Cells) -> dict[str, str]:
    return {
        "name": row["name_latin"] or row["name_zh"],  # as the document has it
        "document_kind": row["document_kind"],
        "document_number": row["identity_number"],
        "mobile": row["mobile"],
        "home_district": row["district"],
    }


def _organisation(row: Cells) -> dict[str, str]:
    return {
        "credit_code": row["credit_code"],
        "name": row["name_zh"],
        "address": row["address"],
        "district": row["district"],
        "phone": row["phone"],
    }


def _agent(row: Cells, resident: Cells, organisation: Cells) -> dict[str, str]:
    return {
        "document_kind": resident["document_kind"],
        "document_number": resident["document_number"],
        "credit_code": organisation["credit_code"],
        "valid_from": row["valid_from"],
        "valid_until": row["valid_until"],
    }


def _account(row: Cells, resident: Cells | None) -> dict[str, str]:
    """An account; of a person when the row names one."""
    columns = ("username", "role", "districts", "staff_number", "display_name", "password", "totp_secret")
    person = {column: resident[column] for column in ("document_kind", "document_number")} if resident else {}
    return {column: row[column] for column in columns} | person
