"""Measure the build of 10, 40 and all localities in a copy of the repository: seconds and peak memory of all processes.

Run it with `make bench`; it prints the rows of the README's table. It is not a test: nothing here can fail a build.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from helpers import geography
from repository import copy_of_repository


def memory(process: psutil.Process) -> int:
    """Return the bytes that a process and all its descendants hold, shared pages counted once each (PSS)."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:  # it has just ended
            continue
    return total


def measure(root: Path, *arguments: str) -> tuple[float, float, str]:
    """Return seconds, peak megabytes and what was printed for one run of the command line."""
    environment = os.environ | {"HANDBOOK_ROOT": str(root), "COLUMNS": "200"}
    start, peak = time.monotonic(), 0
    process = subprocess.Popen(
        [sys.executable, "-m", "helpers", *arguments],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.append(process.stdout.read()))
    reader.start()
    tree = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(peak, memory(tree))
        except psutil.Error:
            break
        time.sleep(0.25)
    reader.join()
    if process.wait():
        sys.exit("".join(said))
    return time.monotonic() - start, peak / 1e6, "".join(said)


def main() -> None:
    slugs = geography.register().localities["slug"].tolist()
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    print("| localities | pages | bundles, chapters and book | again, nothing changed | peak memory |")
    print("|---|---|---|---|---|")
    for number in (10, 40, len(slugs)):
        only = "" if number == len(slugs) else " ".join(slugs[:number])
        with tempfile.TemporaryDirectory() as folder:
            root = copy_of_repository(Path(folder))
            seconds, peak, said = measure(root, "build", "--only", only)
            again, _, _ = measure(root, "build", "--only", only)
        pages = re.search(r"The book has ([\d,]+) pages", said)[1]
        print(f"| {number} | {pages} | {seconds:.0f} s | {again:.0f} s | {peak:,.0f} MB |", flush=True)


if __name__ == "__main__":
    main()
