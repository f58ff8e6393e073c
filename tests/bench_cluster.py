"""Measure the same chapters here and through Dask on this machine's loopback: one worker, two, and tasks that do nothing.

`make bench` runs it; alone it is `python tests/bench_cluster.py [localities [rounds]]`, about six minutes for 20 on 2
cores. It is not a test: timings differ between machines, so read the ratios.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

from helpers import cluster, geography, render, settings
from loopback import loopback
from repository import copy_of_repository, handbook

CHAPTERS = len(render.chapters())
NOTEBOOK_BYTES = 20_000  # one executed chapter, compressed
SMALL_AREAS = 33_755  # lower layer super output areas of England, 2021


def nothing(kit, bundle, chapters, name, parameters, engine_name):
    """Stand in for cluster.on_worker: take what it takes and return as much as it returns."""
    return {c: zlib.compress(os.urandom(NOTEBOOK_BYTES // 2).hex().encode(), 1) for c in chapters}, ""


def once(way: str, number: int, target: Path) -> float:
    """Return the seconds of one run. `way`: here:<notebooks at once>, or an address, with nothing: before it for no-op."""
    places = geography.register().localities[["area_code", "slug", "name"]].head(number).values.tolist()
    kind, _, rest = way.partition(":")
    start = time.perf_counter()
    if kind == "here":
        outcomes = list(render.localities(places, settings.load(), target, workers=int(rest)))
    else:
        if kind == "nothing":
            cluster.on_worker = nothing
        outcomes = list(cluster.localities(places, settings.load(), rest if kind == "nothing" else way, target))
    seconds = time.perf_counter() - start
    assert all(o.run == CHAPTERS and not o.fault for o in outcomes) and len(outcomes) == number, outcomes
    return seconds


def measured(number: int = 20, rounds: int = 3) -> str:
    """Return what was measured, as Markdown."""
    slugs = geography.register().localities["slug"].head(number)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        root = copy_of_repository(base / "repo")
        os.environ["PYTHONPATH"] = f"{root / 'src'}:{Path(__file__).parent}"  # one code for all, whatever is edited
        handbook(root, "bundle", "--only", " ".join(slugs))
        runs = 0

        def seconds(way: str, places: int = number) -> float:
            nonlocal runs
            runs += 1  # a folder of its own, so that every chapter is due
            command = [sys.executable, __file__, "once", way, str(places), str(base / f"run{runs}")]
            environment = os.environ | {"HANDBOOK_ROOT": str(root)}
            done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            return float(done.stdout)

        with loopback(base / "one") as one, loopback(base / "two") as two:
            one.worker()
            two.worker()
            two.worker()
            ways = {
                "here, one notebook at a time": "here:1",
                "here, two at a time": "here:2",
                "Dask, one worker": one.address,
                "Dask, two workers": two.address,
                "Dask, two workers, tasks that do nothing": f"nothing:{two.address}",
            }
            for way in ways.values():
                seconds(way, 2)  # the first notebook of a worker waits for its warm server
            taken = {name: [] for name in ways}
            for _ in range(rounds):  # in turn, so that what else the machine does falls on all
                for name, way in ways.items():
                    taken[name].append(seconds(way))
            fixed = statistics.median(seconds(f"nothing:{two.address}", 1) for _ in range(rounds))
        notebooks = [p.read_bytes() for run in base.glob("run*") for p in run.rglob("*.ipynb")]
        notebooks = [n for n in notebooks if n[:1] == b"{"]  # the runs in which nothing was done left none
        copies = len(notebooks) / (number * CHAPTERS)  # in so many runs
        kept = sum(map(len, notebooks)) / copies
        bundles = [p.read_bytes() for slug in slugs for p in (root / "build" / "bundles" / slug).iterdir()]
        sent = sum(len(zlib.compress(n, 1)) for n in notebooks) / copies + sum(
            len(zlib.compress(b, 1)) for b in bundles
        )
    lines = [
        f"| {number} localities, {number * CHAPTERS} chapters | seconds | lowest to highest | a chapter |",
        "|---|---|---|---|",
    ]
    for name, all_seconds in taken.items():
        middle = statistics.median(all_seconds)
        each = 1000 * middle / (number * CHAPTERS)
        lines.append(f"| {name} | {middle:.1f} | {min(all_seconds):.1f} to {max(all_seconds):.1f} | {each:.0f} ms |")
    names = list(ways)
    for what, one, two in (("here", *names[:2]), ("Dask", *names[2:4])):
        each = [a / b for a, b in zip(taken[one], taken[two], strict=True)]
        fastest = min(taken[one]) / min(taken[two])
        lines += [
            "",
            f"Two against one, {what}: {statistics.median(each):.2f} times as fast in the middle round of"
            f" {', '.join(f'{r:.2f}' for r in each)}; fastest against fastest {fastest:.2f}.",
        ]
    overhead = (statistics.median(taken[names[4]]) - fixed) / ((number - 1) * CHAPTERS)
    lines += ["", f"Scheduling: {1000 * overhead:.1f} ms a chapter, and {fixed:.1f} s once a run."]
    each = statistics.median(taken[names[2]]) / (number * CHAPTERS)
    return "\n".join([*lines, "", *_arithmetic(each, overhead, sent / number, kept / number)])


def _arithmetic(each: float, overhead: float, sent: float, kept: float) -> list[str]:
    """Return what it would take for all small areas of England.

    `each` and `overhead`: seconds a chapter on one worker, and of scheduling; `sent` and `kept`: bytes a locality.
    """
    chapters = SMALL_AREAS * CHAPTERS
    hours = chapters * each / 3600
    return [
        f"| {SMALL_AREAS:,} small areas x {CHAPTERS} chapters = {chapters:,} chapters | how it is reckoned | result |",
        "|---|---|---|",
        f"| running them | {chapters:,} x {each:.3f} s | {hours:.1f} hours of one core |",
        f"| on 64 cores, if all are kept busy | {hours:.1f} hours / 64 | {60 * hours / 64:.0f} minutes |",
        f"| scheduling, on one machine | {chapters:,} x {1000 * overhead:.1f} ms | {chapters * overhead / 60:.0f} minutes, at the same time |",
        f"| the most cores that one run can feed | {each:.3f} s / {1000 * overhead:.1f} ms | about {each / overhead:.0f} |",
        f"| sent over the network | {SMALL_AREAS:,} x {sent / 1e6:.2f} MB | {SMALL_AREAS * sent / 1e9:.0f} GB |",
        f"| notebooks on one machine | {SMALL_AREAS:,} x {kept / 1e6:.2f} MB | {SMALL_AREAS * kept / 1e9:.0f} GB |",
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["once"]:
        print(once(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])))
    else:
        print(measured(*map(int, sys.argv[1:])))
