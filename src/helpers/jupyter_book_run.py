"""Run Jupyter Book as `jupyter-book` does, without three things that cost seconds in a book of thousands of pages.

helpers.beforehand starts it, and helpers.jupyter_book lets it go on once the chapters are there. Some pages, as one
changed figure asks for, are written by several processes. Loading this package keeps jsonschema from building its grammar of IRIs. The table of contents, which two tools read one after the other, is
read by the parser in C, which gives the same ten times faster. And pages that are not in it are looked for among the
sources, once, where sphinx-external-toc would go through the whole built site for every kind of file.
"""

from __future__ import annotations

import gc
import os
import sys
import types
from collections.abc import Callable, Iterator
from importlib import import_module

import yaml


def sources(pattern: str, recursive: bool = True) -> Iterator[str]:
    """Yield the files below a folder, but for those in folders such as _build; `pattern`: the folder, /**/*, the suffix.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as top:
    ...     for name in ("a.md", "b/c.md", "b/d.ipynb", "_build/html/e.md", "b/.f/g.md", ".h.md"):
    ...         Path(top, name).parent.mkdir(parents=True, exist_ok=True)
    ...         Path(top, name).touch()
    ...     sorted(Path(found).relative_to(top).as_posix() for found in sources(f"{top}/**/*.md"))
    ['a.md', 'b/c.md']
    """
    top, _, suffix = pattern.rpartition("/**/*")
    for folder, below, names in os.walk(top):
        below[:] = [name for name in below if not name.startswith((".", "_build"))]
        yield from (f"{folder}/{name}" for name in names if name.endswith(suffix) and not name.startswith("."))


SOME = range(6, 201)  # pages that several processes write; Sphinx would hold all of more in memory at once


def writer(first: Callable[[], None]) -> Callable:
    """Return what writes pages in the place of Builder._write_serial, once `first` has been called: some at once, or one by one."""
    from sphinx import builders

    from . import orphans

    class Tasks(builders.ParallelTasks):
        """Sphinx's own processes, which end with the one that started them."""

        def _process(self, *args) -> None:
            orphans.follow()
            super()._process(*args)

    builders.ParallelTasks, one_by_one = Tasks, builders.Builder._write_serial

    def write(builder, names: list[str]) -> None:
        first()
        if builders.parallel_available and len(names) in SOME and builder.app.is_parallel_allowed("write"):
            builder._write_parallel(names, 2 * (os.cpu_count() or 1))  # small parts, so that no core waits
        else:
            one_by_one(builder, names)

    return write


def main() -> None:
    """Load what it takes, and run the command that stands in sys.argv, as far as standard input allows.

    It waits for a line before it looks at pages, and for a second before it writes the first. Before the command stands
    "wait", or "ahead": then Sphinx itself is started before the first.
    """
    gc.disable()  # all that is loaded stays; to look through it again and again takes a tenth of the time
    ahead = sys.argv.pop(1) == "ahead"
    if hasattr(yaml, "CSafeLoader"):
        yaml.safe_load = lambda stream: yaml.load(stream, Loader=yaml.CSafeLoader)
    import jupyter_book.sphinx  # noqa: F401
    import myst_nb.sphinx_ext  # noqa: F401
    import sphinx.builders.html  # noqa: F401
    import sphinx_external_toc.events
    import sphinx_multitoc_numbering  # noqa: F401
    from jupyter_book.cli.main import main as build
    from sphinx.application import Sphinx, builtin_extensions
    from sphinx.builders import Builder

    from . import takeaway, trust  # noqa: F401

    for extension in builtin_extensions:
        import_module(extension)
    sphinx_external_toc.events.glob = types.SimpleNamespace(iglob=sources)

    def wait() -> None:
        gc.freeze()
        if not sys.stdin.readline():  # the one who asked has ended, or needs no pages
            _end(0)
        gc.enable()

    pages = Sphinx.build
    if ahead:
        Sphinx.build = lambda *args, **kwargs: (wait(), pages(*args, **kwargs))[1]
    else:
        wait()
    Builder._write_serial = writer(wait)
    try:
        build()
    except SystemExit as end:
        _end(end.code if isinstance(end.code, int) else int(bool(end.code)))
    _end(0)


def _end(code: int) -> None:
    """End at once: to take all pages apart again would take a third of a second."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
