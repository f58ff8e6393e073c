"""Run the command line as `handbook`, or as `python -m helpers`."""

from __future__ import annotations

import gc
import sys

from . import beforehand, later, paths, unchanged


def main() -> None:
    """Run a command, unless it is a build that would change nothing."""
    words = sys.argv[1:]
    pages = unchanged.pages(words) if words[:1] == ["build"] else None
    if pages is not None:
        place = paths.shown(paths.SITE / "index.html")
        print(
            f"Nothing has changed since the last build, so nothing was done. The book has {pages:,} pages. Open {place}, or run: handbook serve"
        )
        return
    if words[:1] == ["build"] and not {"--private", "--help"} & set(words):  # which build elsewhere, or nothing
        beforehand.jupyter_book()
    # pandera would load a tool for tests wherever it is installed, which takes longer than reading the register of places
    sys.modules.setdefault("hypothesis", None)
    later.load("scipy.stats", "scipy.optimize")
    gc.disable()
    from .cli import app  # pandas and all else, which take seconds

    gc.freeze()  # it all stays; to look through it again and again takes a tenth of the time
    gc.enable()
    try:
        app(prog_name="handbook")
    finally:
        gc.freeze()  # the process ends: what it holds is not looked through once more


if __name__ == "__main__":
    main()
