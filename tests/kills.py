"""Kill a command at a random moment, run it again, and compare the tree with that of an undisturbed run.

    HANDBOOK_ROOT=/tmp/x/tree python tests/kills.py 3      # as tests/reliability.py calls it

Starting Python and its libraries costs more than the work does, so commands are forked from one process that has
them loaded: a moment is drawn from the time that the command itself works. SIGKILL goes to the command and to nothing
else: what it has started must end by itself, at once, which is looked at too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from multiprocessing import forkserver
from pathlib import Path

from helpers import cli, paths
from repository import copy_of_repository

ORIGIN = Path(__file__).resolve().parents[1]
PLACE = "isles-of-scilly"
SMALL = (
    "dfe-neighbours",
    "geography",
    "ons-gdp-deflator",
    "ons-neighbours",
    "ons-population-mid2023",
)  # read in seconds
ONLY = ["--only", PLACE]
# what a kill interrupts: (steps that make ready for it, the command, parts to compare)
FIGURES, NOTEBOOKS, SITE = "data/figures", "book/localities", "book/_build/html"
KINDS = {
    "ingest, over other figures": (["small"], ["ingest", "--from", "publishers"], [FIGURES]),
    "bundle, from nothing": ([], ["bundle", *ONLY], ["build/bundles"]),
    "render, from nothing": (["build", "no notebooks"], ["render", *ONLY], [NOTEBOOKS]),
    "render, after a change": (["build", "change"], ["render", *ONLY], [NOTEBOOKS]),
    "book, from nothing": (["build", "no site"], ["book", *ONLY], [SITE]),
    "book, after a change": (["build", "change", "render"], ["book", *ONLY], [SITE]),
}
SHARES = (50, 6, 47, 47, 25, 25)  # of 200 trials


def tree(root: Path, parts: list[str]) -> str:
    """Return one hash of the names and contents of all files that a reader or a later stage sees."""
    whole = hashlib.sha256()
    for part in parts:
        for path in sorted(p for p in (root / part).rglob("*") if p.is_file()):
            whole.update(f"{path.relative_to(root)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def fresh(root: Path, raw: Path | None) -> None:
    """Make a repository as a fresh clone is; where there are publishers' files, with other figures than theirs."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    copy_of_repository(root, ORIGIN)
    if raw:
        (root / "publishers").symlink_to(raw)


def small_ingest(root: Path) -> None:
    """Leave sources that are read in seconds, and alter what stands of them, so that an ingest has much to write."""
    for path in (root / "data" / "sources").glob("*.yml"):
        if path.stem not in SMALL:
            path.unlink()
    for path in (root / "data" / "indicators").glob("*.yml"):
        if not any(f"source: {name}\n" in path.read_text(encoding="utf-8") for name in SMALL):
            path.unlink()
    for path in (root / FIGURES).iterdir():
        path.write_text("old\n", encoding="utf-8")


def change(root: Path) -> None:
    chapter = root / "notebooks" / "10_needs.md"
    text = chapter.read_text(encoding="utf-8")
    chapter.write_text(text.replace("\n## ", "\nThis sentence is new.\n\n## ", 1), encoding="utf-8")


def start(command: list[str], root: Path) -> int:
    """Start a command of the handbook in a fork of this process; return its id."""
    said = root / "said.txt"
    pid = os.fork()
    if pid:
        return pid
    status = 1
    # it runs, and is no child of this process
    forkserver.ensure_running = forkserver._forkserver.ensure_running = lambda: None
    try:
        os.chdir(root)
        stream = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        status = cli.app(command, standalone_mode=False) or 0
    except BaseException as error:
        status = getattr(error, "exit_code", 1)
        if status == 1:
            os.write(2, repr(error).encode())
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(int(status))


def ended(pid: int, seconds: float) -> int | None:
    """Return the exit status of a child, or None where it still runs after `seconds`."""
    until = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            return None
        time.sleep(0.01)


def run(command: list[str], root: Path) -> None:
    status = ended(start(command, root), 900)
    if status != 0:
        raise RuntimeError(f"{command} ended with {status}: {(root / 'said.txt').read_text()[-600:]}")


def put(origin: Path, root: Path) -> None:
    """Make `root` a copy of `origin`, with the times of its files."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(origin, root, symlinks=True)


def make_ready(kind: str, root: Path, starts: Path, raw: Path | None) -> tuple[Path, str, float]:
    """Return where a trial of a kind starts from, the hash of an undisturbed run, and how long that runs: made once."""
    steps, command, parts = KINDS[kind]
    kept = starts / kind.replace(", ", "-").replace(" ", "-")
    note = kept.with_suffix(".json")
    if note.exists():
        return kept, *json.loads(note.read_text())
    fresh(root, raw)
    for step in steps:
        if step == "build":
            if (starts / "built").exists():
                put(starts / "built", root)
            else:
                run(["build", *ONLY], root)
                put(root, starts / "built")
        elif step == "no notebooks":
            for folder in ("book/localities", "build/rendered", "book/_build"):
                shutil.rmtree(root / folder)
        elif step == "no site":
            shutil.rmtree(root / "book" / "_build")
        elif step == "change":
            change(root)
        elif step == "render":
            run(["render", *ONLY], root)
        elif step == "small":
            small_ingest(root)
    put(root, kept)
    wanted, seconds = set(), []
    for _ in range(2):  # twice: the first is slower, and they must be the same
        put(kept, root)
        begin = time.monotonic()
        run(command, root)
        seconds.append(time.monotonic() - begin)
        wanted.add(tree(root, parts))
    if len(wanted) != 1:
        raise RuntimeError(f"{kind}: two undisturbed runs differ")
    note.write_text(json.dumps([*wanted, min(seconds)]))
    return kept, *wanted, min(seconds)


def working_in(root: Path) -> dict[int, str]:
    """Return {id: command line} of the processes that were started for a repository at `root`, where /proc tells."""
    mark, found = f"HANDBOOK_ROOT={root}".encode(), {}
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (one / "environ").read_bytes().split(b"\0"):
                words = (one / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                found |= {int(one.name): words} if words else {}
    return found


def left_running(root: Path, before: set[int] = frozenset(), seconds: float = 10) -> list[str]:
    """Return the commands that a killed one has left running for longer than `seconds`."""
    until = time.monotonic() + seconds
    while True:
        found = {pid: words for pid, words in working_in(root).items() if pid not in before}
        if not found or time.monotonic() > until:
            return sorted(found.values())
        time.sleep(0.1)


def trials(number: int, seed: int, raw: Path | None, done: int = 0, minutes: float = 1e6):
    """Yield {trial, kind, moment, hit, fault} of each trial from the `done`-th on, for about so many minutes."""
    until = time.monotonic() + 60 * minutes
    root = paths.ROOT
    chance = random.Random(seed)
    kinds = [k for k, share in zip(KINDS, SHARES, strict=True) for _ in range(share) if raw or "ingest" not in k]
    plan = [(chance.choice(kinds), chance.random()) for _ in range(number)]
    multiprocessing.get_context("forkserver").set_forkserver_preload(["helpers.warm"])
    forkserver.ensure_running()
    mine = set(working_in(root))  # this process, and the server that chapters are forked from
    for trial, (kind, part) in enumerate(plan[done:], start=done):
        if time.monotonic() > until:
            return
        _, command, parts = KINDS[kind]
        kept, wanted, seconds = make_ready(kind, root, root.parent / "starts", raw)
        put(kept, root)
        moment, fault = part * seconds, ""
        pid = start(command, root)
        hit = ended(pid, moment) is None
        if hit:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            left = left_running(root, mine)
            fault = f"left running: {', '.join(left)}" if left else ""
        try:
            run(command, root)
            if tree(root, parts) != wanted:
                fault = "another tree"
        except RuntimeError as error:
            fault = str(error)
        yield {"trial": trial, "kind": kind, "moment": round(moment, 2), "hit": hit, "fault": fault}


def main() -> int:
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("trials", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--done", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--raw", type=Path)
    given = parser.parse_args()
    wrong = 0
    for outcome in trials(given.trials, given.seed, given.raw, given.done, given.minutes):
        print(json.dumps(outcome), flush=True)
        wrong += bool(outcome["fault"])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
