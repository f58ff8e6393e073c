"""A locality's own evidence: a folder of tables that people fill in, and what may be said out of it.

    from helpers import pack
    own = pack.read(folder)          # checks everything, lists every fault at once
    own.table("programmes")          # a frame with the columns of pack.columns, empty where the table is absent

Nothing here writes to a page: helpers.local_evidence decides what may be published.
"""

from __future__ import annotations

from . import templates
from .about import NAME as ABOUT
from .columns import NUMBERS, PERSON, SPEECH, TABLES, YES_NO, Column, Table
from .model import Pack, empty
from .reading import burden, examine, read

__all__ = [
    "ABOUT",
    "NUMBERS",
    "PERSON",
    "SPEECH",
    "TABLES",
    "YES_NO",
    "Column",
    "Pack",
    "Table",
    "burden",
    "empty",
    "examine",
    "read",
    "templates",
]
