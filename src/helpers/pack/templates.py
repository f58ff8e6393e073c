"""What `handbook new-pack` writes: a table of each kind with one example row, a data dictionary and plain words."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from .. import schemas
from ..tabular import NUMBERS, Column, Table
from .columns import PERSON, SPEECH, TABLES

KINDS = {
    "id": "short id",
    "pseudonym": "made-up id of a person",
    "text": "words",
    "quote": "words, never published",
    "word": "one of the words",
    "day": "day, as 2025-04-23",
    "step": "month, as 2025-04, or the Monday of a week",
    "year": "financial year, as 2024-25",
    "period": "2024-25, 2024-25 Q1, 2024-04 or a day",
    "indicator": "id of an indicator",
    "district": "first half of a postcode",
    "number": "number",
    "whole": "whole number",
    "pounds": "pounds",
    "percent": "%, as 40",
}
ABOUT = {PERSON: "about single people: stays on your machine", SPEECH: "what people said: quotes stay on your machine"}
PACK = """# About this pack. Words after # are notes, and nothing reads them.
# It is about {name} ({code}): the name of this folder, {slug}, says so.
fictional: false      # true only for a made-up place
prepared_on: ""       # the day you filled it in, as 2025-04-23

# Results worked out from rows about people ({people}) appear in the published book only where
# the data controller has agreed to that. Write one entry for each table. Without an entry they appear only in:
#   handbook build --private --only {slug}
agreement: []
# agreement:
# - table: participants
#   who: {name} Council
#   role: Caldicott guardian
#   when: 2025-04-23
#   for_what: Counts and rates of take-up and results, after the small-number rule
"""
README = """# Your own evidence: {name}

The handbook knows what the government publishes about {name}. It cannot know which programmes work here, what people
told you, who works with whom, or which rule is in the way. You can add that in this folder. Nothing in it is sent
anywhere, and git leaves it out.

## Four steps

1. **Pick a table.** Each file here is one table with its headings and one example row. You need not fill in all of
   them: the chapters use what there is, and say what is not there yet. `data-dictionary.csv` says what goes into each
   column.
2. **Fill it in** in any spreadsheet, and save it under the same name as .csv, .xlsx or .ods. Take the example row out,
   or leave it as it is: it is passed over.
3. **Check it:** `handbook check data/local/{slug}`. It lists every fault with its file, row and column, and what to do.
   Mend them, and run it again until it finds none. In a terminal at the repository, `handbook` is `.venv/bin/handbook`.
4. **Build your pages:** `handbook build --only {slug}`. The last line says where to open the book.

## Which table for which question

{questions}

Payments, grants and contracts that pay by results go into the same folder: see "Bring your own evidence" in the README
of the handbook. The page on spend lists the columns of `contracts.csv`.

## What is published, and what is not

- **Rows about people never leave this folder**, and neither do the words of anybody (the column `quote`). Use made-up
  ids. Never write a name, a date of birth, an address, a telephone number, or an NHS or National Insurance number.
  `handbook check` refuses those it can see; it cannot see all of them.
- **Numbers of people are protected.** 0 stays 0, 1 to 7 is not shown, and larger numbers are rounded to the nearest 5.
- **Results from {people}** are published only where `pack.yml` records that the data controller agreed: who, when, and
  for what. Until then, `handbook build --private --only {slug}` shows them to you. It writes to `build/private`, and
  marks every page "Private build: not for publication".
- **All other words are published as you write them**: names of programmes and organisations, rules, decisions, themes.

## How to write things

| what | write | not |
|---|---|---|
| a day | 2025-04-23, 23 April 2025, or 23/04/2025 where the column shows that the day stands first | 03/04/25 |
| a financial year | 2024-25 | 2024 |
| pounds | 1234.50 or £1,234.50 | £1.2m |
| a share | 40 or 40% | 0.4 |
| not known | leave it empty, or [x] not available, [c] confidential, [z] not applicable | - or n/a |
"""
QUESTIONS = {
    "Which programmes do we have, what do they cost, whom do they reach, and do they work?": (
        *("programmes", "programme_costs", "outcome_values", "participants", "claims"),
    ),
    "What do people say they need, and what would help them help themselves?": ("sessions", "listening", "not_heard"),
    "Who works with whom, and what is here already?": ("organisations", "ties", "register", "assets", "conditions"),
    "Which rule is in the way?": ("barriers",),
    "What have we decided, and did it help?": ("decisions", "shared_measures"),
    "What moves before the official figures do?": ("fast",),
    "How much do we ask staff to write down?": ("data_items",),
}


def example(table: Table) -> list[str]:
    """Return the example row of a table: its first text or id begins with 'example'.

    >>> example(TABLES["shared_measures"])
    ['rereferrals', '2025-01-15', 'Example: Council, NHS and four charities']
    """
    marked, cells = False, []
    for column in table.columns:
        text = column.example
        if column.kind in ("id", "pseudonym") and (column.link or not marked):
            text, marked = f"example-{text}", True
        elif column.kind == "text" and not marked:
            text, marked = f"Example: {text}", True
        cells.append(text)
    return cells


def write(folder: Path, code: str, name: str) -> dict[str, bool]:
    """Write the templates into a folder; return {file: whether it was written}. A file that is there is left alone."""
    slug = folder.name
    people = " and ".join(t.name for t in TABLES.values() if t.about == PERSON)
    questions = "\n".join(f"- {q} → {', '.join(f'`{n}`' for n in names)}" for q, names in QUESTIONS.items())
    words = {"slug": slug, "code": code, "name": name, "people": people, "questions": questions}
    files = {"README.md": README.format(**words), "pack.yml": PACK.format(**words), "data-dictionary.csv": dictionary()}
    files |= {f"{t.name}.csv": _csv([list(t.names), example(t)]) for t in TABLES.values()}
    taken = {p.stem for p in folder.glob("*")} if folder.exists() else set()
    done = {}
    for file, text in files.items():
        # a table that somebody has saved as .xlsx must not get a second one beside it
        done[file] = not (folder / file).exists() and not (file.endswith(".csv") and file[:-4] in taken)
        if done[file]:
            schemas.write_text(folder / file, text)
    return done


def dictionary() -> str:
    """Return the data dictionary as CSV: one row for each column of each table."""
    head = ["table", "what one row is", "column", "kind", "must be filled in", "allowed", "what to write", "example"]
    rows = [head]
    for table in TABLES.values():
        about = f" ({ABOUT[table.about]})" if table.about else ""
        for column in table.columns:
            needed = "yes" if column.needed else "no"
            told = [table.name, table.says + about, column.name, KINDS[column.kind], needed, allowed(column)]
            rows.append([*told, column.says, column.example])
    return _csv(rows)


def allowed(column: Column) -> str:
    """Return in words what a column may hold beyond its kind.

    >>> allowed(TABLES["ties"].column("trust")), allowed(TABLES["ties"].column("organisation"))
    ('1 to 5', 'an id of the table organisations')
    """
    if column.words:
        return "; ".join(column.words)
    if column.link:
        return f"an id of the table {column.link.split('.')[0]}"
    if column.kind in NUMBERS and column.low > float("-inf"):
        return f"{column.low:g} to {column.high:g}" if column.high < float("inf") else f"{column.low:g} or more"
    return ""


def _csv(rows: list[list[str]]) -> str:
    """Return rows as CSV with a byte order mark, by which spreadsheets know that it is UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return "\ufeff" + text.getvalue()
