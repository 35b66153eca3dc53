"""`zhoudao sample`: make the sample city, load it, look at it, and see who can sign in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from zhoudao.core import city as packs
from zhoudao.core.city import BadPack
from zhoudao.core.commands import emit, progress, refuse
from zhoudao.sample.manifest import BadSample, Manifest
from zhoudao.sample.registers import MODES
from zhoudao.sample.trade import case as trade

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def sample() -> None:
    """The sample city: a whole city from one seed, with no real person in it."""


@sample.command()
@click.option(
    "--seed", type=click.IntRange(0), default=7, show_default=True, help="What everything is drawn from."
)
@click.option(
    "--size",
    type=click.Choice(["small", "city"]),
    default="small",
    show_default=True,
    help="How large; the city pack says what each is.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to make; one in the sample folder of ZHOUDAO_VAR unless given.",
)
@click.option(
    "--load/--no-load", "and_load", default=True, show_default=True, help="Load it into the database as well."
)
@click.option("--fresh", is_flag=True, help="Make every file again, even those that are there.")
@as_json_option
def build(seed: int, size: str, out: Path | None, and_load: bool, fresh: bool, as_json: bool) -> None:
    """Make a sample; go on where an interrupted one stopped, keep one that is there."""
    from zhoudao.sample import build as making
    from zhoudao.sample import load as loading

    with _told():
        here = packs.current()
        folder = out or making.folder_of(here, seed, size)
        made = making.build(here, seed, size, folder, progress, fresh=fresh)
        if and_load:
            loading.load(folder, progress)
    emit(_shown(folder, made, loaded=and_load), as_json, _lines(folder, made))


@sample.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@as_json_option
def load(folder: Path, as_json: bool) -> None:
    """Load the sample in FOLDER into the database. Loading it again changes nothing."""
    from zhoudao.sample import load as loading

    with _told():
        found = loading.load(folder, progress)
    emit(_shown(folder, found, loaded=True), as_json, _lines(folder, found))


@sample.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
@as_json_option
def show(folder: Path | None, as_json: bool) -> None:
    """What the sample in FOLDER holds, file by file; the loaded one unless given."""
    from zhoudao.sample import build as making
    from zhoudao.sample import load as loading
    from zhoudao.sample import manifest

    with _told():
        here = loading.is_loaded()
        if folder is None and not here:
            raise BadSample("no sample is loaded; name a folder, or make one with `zhoudao sample build`")
        found = manifest.read_whole(folder) if folder else manifest.read(loading.loaded_folder())
        is_loaded = here and manifest.read(loading.loaded_folder()) == found
        shown = folder or making.folder_of(packs.current(), found.origin.seed, found.origin.size)
    emit(_shown(shown, found, loaded=is_loaded), as_json, _lines(shown, found))


@sample.command("sign-ins")
@as_json_option
def sign_ins(as_json: bool) -> None:
    """Who can sign in to the loaded sample: user, role, password, second-factor secret."""
    from zhoudao.sample import sign_ins as accounts

    with _told():
        rows = accounts.sign_ins()
    emit([asdict(row) for row in rows], as_json, accounts.as_lines())


@sample.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8095, show_default=True, help="0: any free one."
)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="ok",
    show_default=True,
    help="How the registers behave; POST /behave changes it while they run.",
)
def registers(folder: Path | None, port: int, mode: str) -> None:
    """Serve the registers of the sample in FOLDER (the loaded one unless given), until interrupted.

    The token asked for is that in ZHOUDAO_REGISTERS_TOKEN.
    """
    from django.conf import settings

    from zhoudao.sample import build as making
    from zhoudao.sample import load as loading
    from zhoudao.sample import manifest
    from zhoudao.sample.registers import Registers

    if not settings.REGISTERS_TOKEN:
        refuse("ZHOUDAO_REGISTERS_TOKEN is not set: the registers answer nobody without a token.")
    with _told():
        here = packs.current()
        if folder is None:
            if not loading.is_loaded():
                raise BadSample("no sample is loaded; name a folder, or make one with `zhoudao sample build`")
            origin = manifest.read(loading.loaded_folder()).origin
            folder = making.folder_of(here, origin.seed, origin.size)
        server = Registers(folder, here.as_of.date(), settings.REGISTERS_TOKEN, port, mode)
    progress(f"registers: {len(server.people):,} people at {server.url}")
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()


@sample.group()
def case() -> None:
    """Made-up crimes hidden in a made-up economy, as the files police would receive."""


@case.command()
@click.option(
    "--seed",
    type=click.IntRange(0),
    required=True,
    help="What everything is drawn from; 1 is the reported case.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder to make."
)
@click.option(
    "--truth", type=click.Path(dir_okay=False, path_type=Path), help="A file outside it for what is true."
)
@click.option(
    "--firms",
    type=click.IntRange(trade.FEWEST_FIRMS),
    help="How many, whatever the size says.",
)
@click.option(
    "--invoices",
    type=click.IntRange(trade.FEWEST_INVOICES),
    help="About how many, whatever the size says.",
)
@click.option(
    "--size",
    type=click.Choice(list(trade.SIZES)),
    default="usual",
    show_default=True,
    help="usual: 5,000 firms and 200,000 invoices, a minute; issue: 2 million invoices and about 50,000 declarations,"
    " nine minutes and 5 GiB.",
)
@as_json_option
def refund(
    seed: int,
    out: Path,
    truth: Path | None,
    firms: int | None,
    invoices: int | None,
    size: str,
    as_json: bool,
) -> None:
    """False invoices and export refunds: what tax office, customs and banks would hand over, with a scheme in it."""
    with _told():
        usual_firms, usual_invoices = trade.SIZES[size]
        made = trade.make(seed, firms or usual_firms, invoices or usual_invoices, progress)
        progress("files")
        written = trade.write(made, out, truth)
    rows = {name: len(table) for name, table in made.tables.items()}
    emit(
        {
            "seed": seed,
            "folder": str(out),
            "files": [str(path.relative_to(out)) for path in written],
            "rows": rows,
        },
        as_json,
        [f"{out}", *(f"  {path.relative_to(out)}  {path.stat().st_size:>12,} bytes" for path in written)],
    )


@sample.command()
@click.option(
    "--seed", type=click.IntRange(0), default=7, show_default=True, help="What everything is drawn from."
)
@click.option(
    "--size",
    type=click.Choice(["small", "city"]),
    default="city",
    show_default=True,
    help="small: 1,000 accounts, 12,000 transfers; city: 200,000 and 3 million.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the banks' files.",
)
@click.option(
    "--truth",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the true transfers, beside the folder and never inside; OUT-truth.parquet unless given.",
)
@as_json_option
def banks(seed: int, size: str, out: Path, truth: Path | None, as_json: bool) -> None:
    """A year of transfers as the messy statement files of six banks, with the truth beside them."""
    from zhoudao.sample.banks import files

    beside = truth or out.with_name(f"{out.name}-truth.parquet")
    with _told():
        try:
            made = files.make(seed, size, out, beside, progress)
        except ValueError as problem:
            refuse(str(problem))
    emit(
        {"folder": str(out), "truth": str(beside), **made},
        as_json,
        [f"{out}", *(f"  {name:24} {rows:>10,} records" for name, rows in made["records"].items())],
    )


@contextmanager
def _told() -> Iterator[None]:
    """What can't be used ends with 2 and a sentence; a disk that fails with 1 and a sentence."""
    from zhoudao.counter.catalog.files import BadItems

    try:
        yield
    except (BadSample, BadPack, BadItems, trade.FolderInTheWay) as problem:
        refuse(str(problem))
    except OSError as problem:
        raise click.ClickException(
            f"{problem.filename or 'the sample'}: {problem.strerror or problem}"
        ) from problem


def _shown(folder: Path, found: Manifest, *, loaded: bool) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "loaded": loaded,
        "origin": asdict(found.origin),
        "files": {name: asdict(made) for name, made in sorted(found.files.items())},
    }


def _lines(folder: Path, found: Manifest) -> Iterator[str]:
    yield f"{folder}"
    for name, made in sorted(found.files.items()):
        yield f"  {name:22} {made.rows if made.rows is not None else '':>8}  {made.bytes:>12,} bytes"
