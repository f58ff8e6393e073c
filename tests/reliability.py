"""What the handbook survives, counted: bad input, failing machines, bad servers, and being killed at any moment.

    python tests/reliability.py 250                  # make reliability: writes tests/reliability.md
    python tests/reliability.py 250 --minutes 7      # a piece of it: the next call goes on from there
    python tests/reliability.py 250 --so-far         # nothing more: the page from what is there, which it says

What was found stands in build/reliability.jsonl until the page is written; remove that file to begin anew.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import kills
from helpers import paths

RAW = paths.ROOT.parent / "shared" / "data" / "raw"
REPORT = paths.ROOT / "tests" / "reliability.md"
RECORD = paths.BUILD / "reliability.jsonl"
SEED = 1
GROUPS = {
    # what was tried: (modules of tests, which tests of them)
    "tables as people save them: CSV, XLSX, ODS (generated)": ("test_corpus.py", "test_right_or_refused"),
    "public collections of odd CSV files and strings": ("test_corpus.py", "spectrum or naughty"),
    "random bytes, cells, numbers, days and damaged workbooks": ("test_fuzz.py", ""),
    "downloads from a server that misbehaves": ("test_fetch.py", ""),
    "chapters that hang, crash, leave early, eat memory, print without end, leave something running": (
        "test_engine.py",
        "error or stopped or outlives",
    ),
    "full disks, folders that cannot be written, two runs at once, clocks set back, a locality that fails": (
        "test_faults.py",
        "not undisturbed",
    ),
    "attack strings in every text field, opened in a browser": ("browser", "attack"),
    "small counts that sums or differences could give away": ("test_disclosure.py test_audit.py", ""),
    "words of people and rows about them, in any byte of a build": ("test_canary.py", ""),
    "another folder, user, time zone, locale and hash seed; this machine's names in what is published": (
        "test_reproducible.py",
        "",
    ),
    "parts without a hash or a permissive licence, and secrets in the tree": ("test_supply.py", ""),
}
HEAD = """# What the handbook survives

What was tried, how many cases there were, and how each ended. `make reliability` writes this page.

"As it should be" means: the right figures, or a refusal that names the file, the row, the column and what to do; for a
machine or a server that fails, the same bytes as without the failure, or a clear word and the files as they were before.
"""
ONCE = """Tried once, by hand, and not part of `make reliability`: the readers of tables under atheris 3.0.0, a fuzzer that is led by
which code an input reaches, for ten minutes on busy cores: 16,418 inputs grown from 208 of the files above, no fault. And
3,000 examples, in place of 150, of the properties on any bytes, damaged workbooks and damaged XML: no fault.
"""


def counted(what: str) -> dict:
    """Run the tests of a group; return how many cases there were, and how many were not as they should be."""
    modules, chosen = GROUPS[what]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        files = [f"tests/{module}" for module in modules.split()]
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", *files, f"--junitxml={report}"]
        subprocess.run([*command, "-k", chosen] if chosen else command, cwd=paths.ROOT, stdout=subprocess.DEVNULL)
        suite = ElementTree.parse(report).getroot().find("testsuite")
    cases, skipped = int(suite.get("tests")), int(suite.get("skipped"))
    wrong = int(suite.get("failures")) + int(suite.get("errors"))
    return {"group": what, "cases": cases - skipped, "skipped": skipped, "wrong": wrong}


def page(groups: list[dict], trials: list[dict], number: int) -> str:
    """Return the page, in Markdown. `number`: how many trials there were to be."""
    groups = sorted(groups, key=lambda g: list(GROUPS).index(g["group"]))
    lines = [HEAD, "| what was tried | cases | as it should be | not |", "|---|---|---|---|"]
    for g in groups:
        told = f"{g['cases']}" + (f" ({g['skipped']} more could not run here)" if g["skipped"] else "")
        lines.append(f"| {g['group']} | {told} | {g['cases'] - g['wrong']} | {g['wrong']} |")
    lines += [
        f"| {what} | not counted in this run | | |" for what in GROUPS if what not in {g["group"] for g in groups}
    ]
    if len(trials) < number:
        lines += [
            "",
            f"**This run was stopped early: {len(trials)} of {number} kills were tried.** `make reliability` tries all.",
        ]
    if trials:
        killed = sum(t["hit"] for t in trials)
        lines += ["", f"Killed with SIGKILL at {killed} random moments (seed {SEED}), then run again:", ""]
        lines += [
            "| what was killed | trials | killed while it ran | had ended before | another tree, or something left running |"
        ]
        lines += ["|---|---|---|---|---|"]
    for kind in kills.KINDS:
        own = [t for t in trials if t["kind"] == kind]
        hits = Counter(t["hit"] for t in own)
        wrong = sum(bool(t["fault"]) for t in own)
        lines += [f"| {kind} | {len(own)} | {hits[True]} | {hits[False]} | {wrong} |"] if own else []
    return "\n".join([*lines, "", ONCE]) + "\n"


def main(number: int, minutes: float, so_far: bool) -> int:
    """Do what is not in the record yet, for about so many minutes; write the page when all is there."""
    until = time.monotonic() + 60 * minutes
    RECORD.parent.mkdir(exist_ok=True)
    record = [json.loads(line) for line in RECORD.read_text().splitlines()] if RECORD.exists() else []
    groups, trials = ([r for r in record if name in r] for name in ("group", "trial"))

    def keep(outcome: dict) -> None:
        print(outcome, flush=True)
        with open(RECORD, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(outcome) + "\n")

    if so_far:
        REPORT.write_text(page(groups, trials, number), encoding="utf-8")
        return 0
    if len(trials) < number:
        with tempfile.TemporaryDirectory() as folder:
            root = RECORD.parent / "reliability" / "tree" if minutes < 1e6 else Path(folder) / "tree"
            command = [sys.executable, Path(__file__).with_name("kills.py"), str(number), "--seed", str(SEED)]
            command += ["--done", str(len(trials)), "--minutes", str(minutes)]
            command += ["--raw", str(RAW)] if RAW.exists() else []
            environment = os.environ | {"HANDBOOK_ROOT": str(root)}
            with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
                for line in running.stdout:
                    trials.append(json.loads(line))
                    keep(trials[-1])
    for what in GROUPS:
        if time.monotonic() > until:
            break
        if what not in {g["group"] for g in groups}:
            groups.append(counted(what))
            keep(groups[-1])
    if len(trials) < number or len(groups) < len(GROUPS):
        print(
            f"{len(trials)} of {number} kills and {len(groups)} of {len(GROUPS)} groups are done; run it again to go on."
        )
        return 2
    REPORT.write_text(page(groups, trials, number), encoding="utf-8")
    RECORD.unlink()
    return 1 if any(t["fault"] for t in trials) or any(g["wrong"] for g in groups) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("trials", type=int)
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--so-far", action="store_true")
    given = parser.parse_args()
    sys.exit(main(given.trials, given.minutes, given.so_far))
