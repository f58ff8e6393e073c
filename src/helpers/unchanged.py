"""Is all that a build reads and writes as the last build left it? Then nothing needs to be done, or even loaded.

This is asked before anything else: loading what a build uses takes longer than reading all of its inputs. What it reads
is compared by content (fingerprints.of_file), what it writes by names, sizes and times.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from . import fingerprints, paths
from .writing import write_text

NOTE = paths.BUILD / "unchanged.json"
MADE = paths.SITE.parent / "made-from.json"  # what the site was made from, written once it has passed the gates
READ = (paths.DATA, paths.NOTEBOOKS, paths.ROOT / "src", Path(__file__).parent, paths.BOOK / "_assets")
WRITTEN = (paths.BUNDLES, paths.BUILD / "rendered", paths.BOOK)  # and in the last, the site
GENERATED = "vega-bundle.js"  # the one file below READ that a build writes


def inputs() -> str:
    """Return one hash of all that a build reads: data, chapters, code, configuration, and the versions of packages."""
    files = {paths.CONFIG, paths.ROOT / "requirements.txt", *paths.BOOK.glob("*.md")}
    for top in READ:
        files |= {path for path in paths.files(top) if path.name != GENERATED}
    return fingerprints.of(sys.version, fingerprints.packages(), fingerprints.of_files(files))


def outputs(site: str) -> str:
    """Return one hash of the names, sizes and times of all that a build writes. `site`: that of the site."""
    return fingerprints.of(site, [fingerprints.listing(folder, paths.SITE.name) for folder in WRITTEN])


def keep(words: list[str], given: str) -> None:
    """Note that the command `words` has made all from `given`, which `inputs` was before it began, and still is."""
    fingerprints.remember()
    if inputs() == given:
        made = outputs(json.loads(MADE.read_text(encoding="utf-8"))["site"])
        write_text(NOTE, json.dumps({"words": words, "inputs": given, "outputs": made}, indent=1) + "\n")


def pages(words: list[str]) -> int | None:
    """Return how many pages the book has, when the command `words` would change nothing; None when it has to run."""
    fingerprints.recall()
    try:
        note = json.loads(NOTE.read_text(encoding="utf-8"))
        count = json.loads(MADE.read_text(encoding="utf-8"))["pages"]
    except (OSError, ValueError):  # never built, or cut short
        return None
    if note["words"] != words or note["inputs"] != inputs():  # the outputs take longer
        return None
    return count if note["outputs"] == outputs(fingerprints.listing(paths.SITE)) else None
