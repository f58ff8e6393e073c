"""The tables of a pack: each column, its kind, the words it may hold, and what it says in plain English.

Templates, the data dictionary, checks and reading all follow these definitions; helpers.tabular.shapes says what each
kind of column is.
"""

from __future__ import annotations

from ..tabular import NUMBERS, Column, Table
from . import community_tables, learning_tables, programme_tables
from .words import PERSON, SPEECH, YES_NO

__all__ = ["NAMES", "NUMBERS", "PERSON", "SPEECH", "TABLES", "YES_NO", "Column", "Table"]

TABLES = {t.name: t for t in (*programme_tables.TABLES, *community_tables.TABLES, *learning_tables.TABLES)}
# columns that name organisations, publications or systems, where two capitalised words are no sign of a person
NAMES = (
    "name",
    "provider",
    "funder",
    "owner",
    "department",
    "source",
    "effect_elsewhere_source",
    "link",
    "held_elsewhere",
)
