"""Run Jupyter Book as `jupyter-book` does, without what costs seconds in a book of thousands of pages.

helpers.beforehand starts it, and helpers.jupyter_book lets it go on once the chapters are there. Some pages, as one
changed figure asks for, are written by several processes. Loading this package keeps jsonschema from building its
grammar of IRIs, and myst-nb loads nothing that runs notebooks, for all are run. The table of contents, which two tools
read one after the other, is read by the parser in C, which gives the same ten times faster. And pages that are not in it
are looked for among the sources, once, where sphinx-external-toc would go through the whole built site for every kind
of file.
"""

from __future__ import annotations

import gc
import os
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import groupby

import yaml

from .errors import DataError


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


_CORES = os.cpu_count() or 1
SOME = range(6, 201)  # pages that several processes write; Sphinx would hold all of more in memory at once


def parts(names: Sequence[str], processes: int) -> list[list[str]]:
    """Return pages in the parts that one process each writes, the largest first.

    The chapters of a locality stay together, for they lead into each other's tables; they are parted only where there
    are fewer localities than cores. Of many pages small parts are joined: each process takes a while to begin.

    >>> parts([f"localities/{place}" for place in ("a/needs", "b/needs", "b/spend", "c/needs")], 4)
    [['localities/b/needs', 'localities/b/spend'], ['localities/a/needs'], ['localities/c/needs']]
    >>> {len(part) for part in parts([f"localities/{n}/needs" for n in range(160)], 4)}
    {10}
    """
    share, found = len(names) / (4 * processes), []
    groups = [list(pages) for _, pages in groupby(names, lambda name: name.rpartition("/")[0])]
    if len(groups) < _CORES:
        groups = [list(half) for pages in groups for half in (pages[::2], pages[1::2]) if half]
    for pages in groups:
        if found and len(found[-1]) + len(pages) <= share:
            found[-1] += pages
        else:
            found.append(pages)
    return sorted(found, key=len, reverse=True)


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
    builders.make_chunks = parts

    def write(builder, names: list[str]) -> None:
        first()
        if builders.parallel_available and len(names) in SOME and builder.app.is_parallel_allowed("write"):
            builder._write_parallel(names, 2 * _CORES)  # more than there are cores, so that none waits
        else:
            one_by_one(builder, names)

    return write


def without_runners() -> None:
    """Put a module that says no in the place of each of myst-nb's ways to run a notebook: one brings a database library.

    They are three tenths of all that is loaded, and `execute_notebooks` is "off".

    >>> named = [f"myst_nb.core.execute.{way}" for way in ("cache", "direct", "inline")]
    >>> there = {name: sys.modules.pop(name, None) for name in named}
    >>> without_runners()
    >>> sys.modules["myst_nb.core.execute.direct"].NotebookClientDirect()
    Traceback (most recent call last):
    helpers.errors.DataError: _config.yml: set execute_notebooks to "off". Chapters are run before the book is built.
    >>> for name in named:
    ...     if not there[name]:
    ...         del sys.modules[name]
    ...     else:
    ...         sys.modules[name] = there[name]
    """
    for way in ("Cache", "Direct", "Inline"):
        module = types.ModuleType(f"myst_nb.core.execute.{way.lower()}")
        setattr(module, f"NotebookClient{way}", _refuse)
        sys.modules[module.__name__] = module


def _refuse(*_args, **_kwargs) -> None:
    raise DataError(['_config.yml: set execute_notebooks to "off". Chapters are run before the book is built.'])


def main() -> None:
    """Load what it takes, and run the command that stands in sys.argv, as far as standard input allows.

    It waits for a line before it looks at pages, and for a second before it writes the first. Before the command stands
    "wait", or "ahead": then Sphinx itself is started before the first, and does what writing any chapter will need.
    """
    gc.disable()  # all that is loaded stays; to look through it again and again takes a tenth of the time
    ahead = sys.argv.pop(1) == "ahead"
    if hasattr(yaml, "CSafeLoader"):
        yaml.safe_load = lambda stream: yaml.load(stream, Loader=yaml.CSafeLoader)
    without_runners()
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

        def build_later(app, *args, **kwargs):
            app.builder.ahead()
            wait()
            pages(app, *args, **kwargs)

        Sphinx.build = build_later
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
