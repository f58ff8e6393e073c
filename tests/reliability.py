"""What the handbook survives, counted: bad input, failing machines, bad servers, and being killed at any moment.

    python tests/reliability.py 200          # make reliability: writes tests/reliability.md, which the README quotes
    python tests/reliability.py 5 --seed 3   # the kills only, and only printed

A trial of a kill starts from a fresh clone or from a finished book in which a chapter has changed since, kills the
command and nothing else (its children have to end by themselves), then runs it to its end. The tree must be that of
an undisturbed run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from helpers import paths
from repository import copy_of_repository, handbook

PLACES = "trafford isles-of-scilly"
RAW = paths.ROOT.parent / "shared" / "data" / "raw"
REPORT = paths.ROOT / "tests" / "reliability.md"


def tree(folder: Path) -> str:
    """Return one hash of the names and contents of all files that a reader or a later stage sees."""
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        whole.update(f"{path.relative_to(folder)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def state(root: Path, command: list[str]) -> list[str]:
    if command[0] == "ingest":
        return [tree(root / "data" / "figures")]
    return [tree(root / part) for part in ("build/bundles", "book/localities", "book/_build/html")]


def changed(root: Path) -> None:
    """Say something else in a chapter, so that a finished book has something to do again."""
    chapter = root / "notebooks" / "10_needs.md"
    text = chapter.read_text(encoding="utf-8")
    chapter.write_text(text.replace("\n## ", "\nThis sentence is new.\n\n## ", 1), encoding="utf-8")


def killed(root: Path, command: list[str], seconds: float) -> bool:
    """Start a command and kill it after `seconds`; return whether it was still running then."""
    environment = os.environ | {"HANDBOOK_ROOT": str(root), "COLUMNS": "200"}
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-m", "helpers", *command], cwd=root, env=environment, **streams)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True


GROUPS = {
    "tables as people save them: CSV, XLSX, ODS (generated)": ("test_corpus.py", "test_right_or_refused"),
    "public collections of odd CSV files and strings": ("test_corpus.py", "spectrum or naughty"),
    "random bytes, cells, numbers, days and damaged workbooks (properties, 150 examples each)": ("test_fuzz.py", ""),
    "downloads from a server that misbehaves": ("test_fetch.py", ""),
    "chapters that hang, crash, leave early, eat memory, print without end, leave something running": (
        "test_engine.py",
        "error or stopped or outlives",
    ),
    "full disks, folders that cannot be written, clocks set back, a locality that fails": (
        "test_faults.py",
        "not undisturbed",
    ),
    "attack strings in every text field, opened in a browser": ("browser", "attack"),
    "small counts that sums or differences could give away": ("test_disclosure.py", ""),
}


def counted() -> list[str]:
    """Run the tests of each group and return a Markdown table of how many cases there were, and how many failed."""
    lines = ["| what was tried | cases | as it should be | not |", "|---|---|---|---|"]
    for what, (module, chosen) in GROUPS.items():
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            command = [sys.executable, "-m", "pytest", "-q", f"tests/{module}", f"--junitxml={report}"]
            subprocess.run([*command, "-k", chosen] if chosen else command, cwd=paths.ROOT, stdout=subprocess.DEVNULL)
            suite = ElementTree.parse(report).getroot().find("testsuite")
        cases, skipped = int(suite.get("tests")), int(suite.get("skipped"))
        wrong = int(suite.get("failures")) + int(suite.get("errors"))
        told = f"{cases - skipped}" + (f" ({skipped} more could not run here)" if skipped else "")
        lines.append(f"| {what} | {told} | {cases - skipped - wrong} | {wrong} |")
        print(lines[-1], flush=True)
    return lines


def main(trials: int, seed: int) -> list[str]:
    """Run the trials and return a line for each that ended in another tree."""
    chance, faults, done = random.Random(seed), [], Counter()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        fresh = copy_of_repository(base / "fresh")
        starts = {"fresh": fresh, "changed": base / "changed"}
        commands = {"build": ["build", "--only", PLACES]}
        if RAW.exists():
            commands["ingest"] = ["ingest", "--from", str(RAW)]
        wanted, seconds = {}, {}
        for what, command in commands.items():
            for start in starts:
                if what == "build" and start == "changed":
                    shutil.copytree(base / "build-fresh", starts[start])
                    changed(starts[start])
                elif start == "changed":
                    continue  # ingest reads everything, whatever is there
                root = base / f"{what}-{start}"
                shutil.copytree(starts[start], root)
                begin = time.monotonic()
                handbook(root, *command)
                seconds[what, start] = time.monotonic() - begin
                wanted[what, start] = state(root, command)
        for trial in range(trials):
            what, start = chance.choice(
                [*[k for k in wanted if k[0] == "build"] * 3, *[k for k in wanted if k[0] == "ingest"]]
            )
            root = base / "trial"
            shutil.copytree(starts[start], root)
            moment = chance.uniform(0.3, seconds[what, start])
            hit = killed(root, commands[what], moment)
            again = handbook(root, *commands[what], check=False)
            same = again.returncode == 0 and state(root, commands[what]) == wanted[what, start]
            done[what, start, "killed" if hit else "had ended"] += 1
            if not same:
                faults.append(f"trial {trial}: {what} from {start}, killed after {moment:.2f} s: {again.stderr[-400:]}")
                print(faults[-1], flush=True)
            shutil.rmtree(root)
    lines = ["| command | from | trials | killed while running | another tree afterwards |", "|---|---|---|---|---|"]
    for what, start in wanted:
        hits, late = done[what, start, "killed"], done[what, start, "had ended"]
        wrong = sum(f": {what} from {start}," in fault for fault in faults)
        lines.append(
            f"| {what} | {'a fresh clone' if start == 'fresh' else 'a changed chapter'} | {hits + late} | {hits} | {wrong} |"
        )
    print("\n".join(lines))
    if trials >= 100:
        said = f"Killed at {trials} random moments (seed {seed}), then run again:"
        REPORT.write_text("\n".join([*counted(), "", said, "", *lines]) + "\n", encoding="utf-8")
    return faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("trials", type=int)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(1 if main(given.trials, given.seed) else 0)
