"""The zip of a package: raw files under their hashes, what was made of them, a manifest, and the script that checks
it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from zhoudao.desk.findings.package.contents import RawFile

FORMAT = "zhoudao evidence package 1"
CHECK = Path(__file__).with_name("check.py")
FIXED = (1980, 1, 1, 0, 0, 0)
"""Every member's time: the same contents make the same zip."""
README = """Evidence package / 证据包
raw/               the files as they came, each under its SHA-256 / 原始文件
ledger_rows.csv    every transfer of the findings, with file and row / 线索涉及的流水及来源
findings.json      what was found, with parameters and reasons / 线索
invoices/          an invoice case: its report and the raw rows of each figure / 涉票案件的报告与附件
report.pdf         the same for people / 分析报告
extraction.pdf     extraction record and list of electronic data, to be signed on paper; it prints the hash of
                   manifest.json and so is not listed in it / 提取记录与清单，打印后签名
manifest.json      every file with its SHA-256 / 校验清单
check.py           python3 check.py checks all of it again / 复核脚本
"""


class NotWhole(Exception):
    """The package's own check found a fault: it is not given out."""


def write(
    path: Path, head: Mapping[str, object], raw: Iterable[tuple[RawFile, Iterable[bytes]]],
    parts: Iterable[tuple[str, bytes]], record: Callable[[str], bytes] | None = None,
) -> None:  # fmt: skip
    """``head``: what the manifest says first. ``record``: the extraction record, given the manifest's SHA-256.
    Raises NotWhole when a raw file is not what its hash says, or the package's own check finds a fault."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = [_add_raw(archive, file, pieces) for file, pieces in raw]
        for name, content in (("README.txt", README.encode()), ("check.py", CHECK.read_bytes())):
            listed.append(_add(archive, name, content))
        listed += [_add(archive, name, content) for name, content in parts]
        listed.sort(key=lambda each: str(each["path"]))
        manifest = as_json({"format": FORMAT, **head, "files": listed})
        _add(archive, "manifest.json", manifest)
        if record is not None:
            # It prints the manifest's hash, so the manifest can't list it: it is signed on paper instead.
            _add(archive, "extraction.pdf", record(hashlib.sha256(manifest).hexdigest()))
    _check(path)


def _add_raw(archive: zipfile.ZipFile, file: RawFile, pieces: Iterable[bytes]) -> dict[str, object]:
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(file.place, FIXED)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as member:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            member.write(piece)
    if digest.hexdigest() != file.sha256:
        raise NotWhole(f"{file.name}: its content is no longer what its hash says")
    return {"path": file.place, "sha256": file.sha256, "size": size}


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> dict[str, object]:
    info = zipfile.ZipInfo(name, FIXED)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)
    return {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def as_json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()


def _check(path: Path) -> None:
    """By the very script that goes out with it, in a process of its own."""
    done = subprocess.run(  # noqa: S603  our own script on our own file
        [sys.executable, str(CHECK), str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotWhole(done.stdout.strip() or done.stderr.strip())
