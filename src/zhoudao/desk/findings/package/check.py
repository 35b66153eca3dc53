#!/usr/bin/env python3
"""Re-checks an evidence package. Needs Python 3.8 or newer and nothing else; reads only the package.

    python3 check.py                        beside the package's other files, or
    python3 check.py PACKAGE.zip            for the zip as it came
    ... --manifest SHA256                   the value printed in the extraction record, which came on paper

It checks that nothing is missing, added or altered (SHA-256 of every file against manifest.json, and of manifest.json
against --manifest), that raw files lie under their own hash, that every finding's rows are in
ledger_rows.csv and add up,
and that every row points to a line that is there in a raw text file. Exit code 0: whole. 1: not; every fault is named.
"""

import argparse
import csv
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

MANIFEST = "manifest.json"
RECORD = (
    "extraction.pdf"  # prints the manifest's hash, so can't be listed in it; what counts is the signed paper
)


class Folder:
    def __init__(self, path):
        self.path = Path(path)

    def names(self):
        return sorted(
            p.relative_to(self.path).as_posix()
            for p in self.path.rglob("*")
            if p.is_file() and "__pycache__" not in p.parts
        )

    def open(self, name):
        return (self.path / name).open("rb")


class Zip:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)

    def names(self):
        return sorted(i.filename for i in self.zip.infolist() if not i.is_dir())

    def open(self, name):
        return self.zip.open(name)


def sha256(source, name):
    digest = hashlib.sha256()
    with source.open(name) as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def read(source, name):
    with source.open(name) as file:
        return file.read()


def check(source, expected_manifest):
    faults = []
    names = source.names()
    if len(set(names)) != len(names):
        faults.append("the package names a file twice")
    if MANIFEST not in names:
        return ["manifest.json is missing"]
    own = sha256(source, MANIFEST)
    if expected_manifest and own != expected_manifest.lower():
        faults.append(f"manifest.json: SHA-256 is {own}; the extraction record says {expected_manifest}")
    manifest = json.loads(read(source, MANIFEST).decode("utf-8"))
    listed = {entry["path"]: entry for entry in manifest["files"]}
    for name in names:
        if name not in listed and name not in (MANIFEST, RECORD):
            faults.append(f"{name}: not in the manifest")
    for name, entry in sorted(listed.items()):
        if name not in names:
            faults.append(f"{name}: missing")
        elif sha256(source, name) != entry["sha256"]:
            faults.append(f"{name}: altered")
        if name.startswith("raw/") and name.split("/")[1] != entry["sha256"]:
            faults.append(f"{name}: lies under another hash than its own")
    if not faults:
        faults += check_rows(source, {name.split("/")[1]: name for name in listed if name.startswith("raw/")})
    return faults


def check_rows(source, raw):
    faults = []
    text = read(source, "ledger_rows.csv").decode("utf-8-sig")
    rows: dict = {}
    for row in csv.DictReader(io.StringIO(text)):
        rows.setdefault(row["transfer_id"], []).append(row)
    lines = {}
    for finding in json.loads(read(source, "findings.json").decode("utf-8")):
        total = 0
        for transfer in finding["rows"]:
            if transfer not in rows:
                faults.append(f"finding {finding['finding_id']}: row {transfer} is not in ledger_rows.csv")
            else:
                total += int(rows[transfer][0]["amount_fen"])
        if total != finding["rows_total"]:
            faults.append(
                f"finding {finding['finding_id']}: its rows make {total} fen; it says {finding['rows_total']}"
            )
    for transfer, stands in rows.items():
        for stand in stands:
            if not stand["source_sha256"]:
                continue
            if stand["source_sha256"] not in raw:
                faults.append(f"row {transfer}: its raw file {stand['source_sha256']} is not here")
                continue
            name = raw[stand["source_sha256"]]
            if stand["source_sheet"] or not name.lower().endswith((".csv", ".txt", ".tsv")):
                continue  # a spreadsheet: its hash is checked, its row is looked at with a spreadsheet program
            if name not in lines:
                lines[name] = count_lines(source, name)
            if int(stand["source_row"]) > lines[name]:
                faults.append(f"row {transfer}: {name} has no line {stand['source_row']}")
    return faults


def count_lines(source, name):
    content = read(source, name)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16").encode("utf-8")
    return len(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n"))


def main():
    options = argparse.ArgumentParser(description="Re-checks an evidence package.")
    options.add_argument("package", nargs="?", default=str(Path(__file__).resolve().parent))
    options.add_argument(
        "--manifest", default="", help="SHA-256 of manifest.json, as the extraction record prints it"
    )
    given = options.parse_args()
    path = Path(given.package)
    try:
        source = Zip(path) if path.is_file() else Folder(path)
        faults = check(source, given.manifest)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as problem:
        faults = [f"the package can't be read: {problem}"]
    for fault in faults:
        print(fault)
    if faults:
        print(f"NOT WHOLE: {len(faults)} fault(s)")
        return 1
    print("WHOLE: every file, finding and row is as it was packed")
    if not given.manifest:
        print(
            f"manifest.json SHA-256 {sha256(source, MANIFEST)}: compare it with the extraction record on paper"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
