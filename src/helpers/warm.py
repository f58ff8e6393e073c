"""What every chapter needs, loaded once in the server that chapters are forked from. Import it, do not call it."""

# ruff: noqa: E402
import gc

gc.disable()  # all that is loaded stays: to look through it again and again takes a tenth of the time

import re
from importlib import import_module
from io import StringIO

import altair  # noqa: F401
import pandas
from altair.utils import schemapi
from IPython.core import application, completerlib, interactiveshell, magics  # noqa: F401
from traitlets.config import Config

from . import charts_needs, paths, rules
from .charts import FORMATS, trend

IMPORTS = re.compile(r"^from helpers import (.+)$", re.MULTILINE)


def modules(text: str) -> list[str]:
    """Return the names of the helpers that the text of a chapter imports.

    >>> modules("# Needs\\n\\nfrom helpers import demand, spine\\n")
    ['demand', 'spine']
    """
    return [name.strip() for names in IMPORTS.findall(text) for name in names.split(",")]


for chapter in sorted(paths.NOTEBOOKS.glob("*.md")):
    for module in modules(chapter.read_text(encoding="utf-8")):
        import_module(f"helpers.{module}")
rules.rules()
for unit in ("", *FORMATS):
    trend([], ["a", "b", "c"], [], "", "", unit)  # Altair's first chart is slow, and its template is kept
charts_needs.warm()
pandas.read_csv(StringIO("a,b\nx,1\n"), dtype={"a": "str"}).pivot_table(
    "b", columns="a"
)  # pandas loads its parts at their first use
interactiveshell.InteractiveShell(
    config=Config({"HistoryManager": {"enabled": False}})
)  # a second takes a fifth as long
schemapi.disable_debug_mode()  # a check that finds faults of who writes a chart: stock kernels, and so nbval, make it
gc.enable()
gc.freeze()  # it all stays: no chapter looks through it again, or makes its own copy of it by looking
