"""Run Jupyter Book as `jupyter-book` does, without two things that cost seconds in a book of thousands of pages.

helpers.jupyter_book starts it, and lets it go on once the chapters are there. Loading this package keeps jsonschema
from building its grammar of IRIs; and the table of contents, which two tools read one after the other, is read by the
parser in C, which gives the same ten times faster.
"""

from __future__ import annotations

import sys

import yaml


def main() -> None:
    """Load what it takes, wait for a line on standard input, and run the command that stands in sys.argv."""
    if hasattr(yaml, "CSafeLoader"):
        yaml.safe_load = lambda stream: yaml.load(stream, Loader=yaml.CSafeLoader)
    import jupyter_book.sphinx  # noqa: F401
    import myst_nb.sphinx_ext  # noqa: F401
    import sphinx.builders.html  # noqa: F401
    from jupyter_book.cli.main import main as build

    from . import takeaway, trust  # noqa: F401

    if sys.stdin.readline():  # nothing: the one who asked has ended, or needs no pages
        build()


if __name__ == "__main__":
    main()
