"""The street part put to Valhalla: how long on foot from a place to each of 65 points, by its matrix.

Its package (`pip install pyvalhalla`) needs Python 3.12 or later, so it is asked in a Python of its own: name that one
by --valhalla. This file runs in both: `compared` in ours, `inside` in Valhalla's, with JSON between them. Its tiles are
built from the same extract before anything is timed. Walking speeds differ a little (ours knows 4.8 km/h and the
surface, Valhalla 5.1 km/h and slopes), so durations are compared as a ratio, not to the second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

Place = tuple[float, float]


def compared(
    python: Path, network: object, extract: Path, origins: list[Place], goals: list[Place]
) -> dict[str, object]:
    """A row of the table: milliseconds (median / 95th percentile) of either, and how their durations compare."""
    import numpy as np

    from zhoudao.engines.wayfinding.search import join, reached
    from zhoudao.engines.wayfinding.table import BEYOND

    with tempfile.TemporaryDirectory(prefix="zhoudao-valhalla-") as folder:
        told = _asked(python, extract, Path(folder), origins, goals)
    ours: list[float] = []
    ratios: list[float] = []
    for origin, theirs in zip(origins, told["seconds"], strict=True):
        begun = time.perf_counter()
        found = reached(network, "walk", join(network, "walk", origin, True), True).points  # type: ignore[arg-type]
        ours.append(time.perf_counter() - begun)
        ratios += [
            int(mine) / other for mine, other in zip(found, theirs, strict=True) if other and mine < BEYOND
        ]
    valhalla = np.array(told["times"])
    return {
        "questions": len(origins),
        "ours: looked up": f"{np.median(ours) * 1e3:.2f} / {np.percentile(ours, 95) * 1e3:.2f}",
        "Valhalla's matrix": f"{np.median(valhalla) * 1e3:.2f} / {np.percentile(valhalla, 95) * 1e3:.2f}",
        "Valhalla / ours": f"{np.median(valhalla) / np.median(ours):,.0f} times",
        "ways both know": f"{len(ratios):,}",
        "our seconds / theirs": " / ".join(f"{np.percentile(ratios, q):.2f}" for q in (10, 50, 90)),
        "its tiles built in, s": f"{told['built_s']:.1f}",
    }


def _asked(python: Path, extract: Path, folder: Path, origins: list[Place], goals: list[Place]) -> dict:
    question = {"extract": str(extract), "folder": str(folder), "origins": origins, "goals": goals}
    done = subprocess.run(
        [str(python), __file__], input=json.dumps(question), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{python}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def inside(question: dict) -> dict[str, object]:
    """In Valhalla's Python: build its tiles, then ask its matrix for each origin."""
    import valhalla

    folder = Path(question["folder"])
    (folder / "tiles").mkdir()
    config = valhalla.get_config(tile_extract="", tile_dir=str(folder / "tiles"), verbose=False)
    config["service_limits"]["pedestrian"] |= {
        "max_matrix_distance": 500_000,
        "max_matrix_location_pairs": 10_000,
    }
    for part in ("admin", "timezone", "tile_extract", "traffic_extract"):
        config["mjolnir"].pop(part, None)
    settings = folder / "valhalla.json"
    settings.write_text(json.dumps(config), encoding="utf-8")
    begun = time.perf_counter()
    build = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    build.chmod(0o755)  # wheels lose it
    subprocess.run([str(build), "-c", str(settings), question["extract"]], check=True, capture_output=True)
    built = time.perf_counter() - begun
    asked = valhalla.Actor(str(settings))
    targets = [{"lon": lon, "lat": lat} for lon, lat in question["goals"]]
    times, seconds = [], []
    for number, (lon, lat) in enumerate([question["origins"][0], *question["origins"]]):
        request = {"sources": [{"lon": lon, "lat": lat}], "targets": targets, "costing": "pedestrian"}
        begun = time.perf_counter()
        answer = asked.matrix(request)
        if number:  # the first one loads tiles
            times.append(time.perf_counter() - begun)
            seconds.append([each["time"] for each in answer["sources_to_targets"][0]])
    return {"built_s": built, "times": times, "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(inside(json.loads(sys.stdin.read()))))
