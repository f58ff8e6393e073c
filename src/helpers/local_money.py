"""Where one locality's money goes: sums of its payments and grants, and its contracts that are paid by results.

They come from data/local/<slug>/ where the locality supplies its own files, otherwise from the sums in data/figures
that came from a published list, otherwise there are none. The files:

    payments*.csv or .zip   the council's payments, as the Local Government Transparency Code asks for
    grants*.json or .csv    grants in the 360Giving Data Standard
    contracts.csv           contracts paid by results, one a row (the columns of CONTRACTS)
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from . import catalogue, paths, periods, readers, schemas
from .readers import _strict
from .readers._common import fail

ACCOUNTS = {"payments": ("council_payments", (".csv", ".zip")), "grants": ("grants360", (".json", ".csv"))}
UNKNOWN = "not known"
YES_NO = ("yes", "no", UNKNOWN)
CONTRACTS = {
    # column: (allowed words, or the kind of text; what it says)
    "contract": ("text", "What the contract is called"),
    "provider": ("text", "The organisation that is paid"),
    "who_for": ("text", "Whom it is for"),
    "start": ("day", "First day, such as 2024-04-01"),
    "end": ("day", "Last day"),
    "value_gbp": ("pounds", "What it is worth in all, in pounds"),
    "paid_by_results_pct": ("share", "The part of the payment that depends on results, in %"),
    "measure": ("text", "The result that payment depends on"),
    "measure_set_by": (("commissioner", "provider", "both", "national", UNKNOWN), "Who chose that measure"),
    "allows_for_need": (YES_NO, "Whether results are judged beside how hard the people are to help"),
    "price_by_difficulty": (YES_NO, "Whether more is paid for people who are harder to help"),
    "independent_check": (YES_NO, "Whether somebody other than the provider checks the results that are claimed"),
}
CONTACT = re.compile(r"@|\d[\d ()+-]{8,}\d|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")


def published(figures: Path = paths.FIGURES) -> dict[str, pd.DataFrame]:
    """Return {account: schemas.TALLY with a column `source`} of all lists whose sums are in data/figures."""
    found = {}
    for account, (reader, _) in ACCOUNTS.items():
        sources = [s.id for s in catalogue.sources().values() if s.reader == reader]
        sources = [i for i in sources if (figures / f"{i}.csv").exists()]
        frames = [schemas.read(figures / f"{i}.csv", schemas.TALLY).assign(source=i) for i in sources]
        found[account] = pd.concat(frames) if frames else pd.DataFrame(columns=[*schemas.TALLY.columns, "source"])
    return found


def of_place(
    code: str, slug: str, edition: str, lists: dict[str, pd.DataFrame], local: Path = paths.LOCAL
) -> dict[str, dict]:
    """Return {account: {origin, source, files, released, notes, rows}} and {contracts: {rows}}; what is not supplied is not there.

    `rows` are records of schemas.TALLY (for contracts: of CONTRACTS). A locality's own file of an account takes the
    place of the sums in `lists` (from `published`). Raises DataError for a fault in a file.
    """
    try:
        own = {account: _own(account, local / slug, code) for account in ACCOUNTS}
        table = local / slug / "contracts.csv"
        found = {"contracts": {"rows": contracts(table)}} if table.exists() else {}
    except schemas.DataError as error:  # the readers know the file's name, not which locality's it is
        raise schemas.DataError([f"data/local/{slug}/{fault}" for fault in error.faults]) from None
    for account in ACCOUNTS:
        table = own[account] or _listed(lists[account], code, edition)
        if table:
            rows = table["rows"]
            current = rows[rows["period"].map(lambda p: periods.split(p)[0].isoformat()) <= edition]
            if len(current):
                kept = current[["period", "breakdown", "part", "measure", "value"]].to_dict("records")
                kept = [
                    record | {"value": None if record["value"] != record["value"] else record["value"]}
                    for record in kept
                ]
                found[account] = table | {"rows": kept}
    return found


def examine(folder: Path) -> tuple[dict[str, int], list[str]]:
    """Return ({account: files, or contracts: rows}, faults) of a locality's own money, each file as far as its first fault.

    So that a check of a pack finds what a build would refuse.
    """
    counts: dict[str, int] = {}
    faults: list[str] = []
    table = folder / "contracts.csv"
    for account in (*ACCOUNTS, "contracts"):
        try:
            if account != "contracts":
                own = _own(account, folder, "X99000001")  # whose money it is makes no difference to its faults
                counts |= {account: len(own["files"])} if own else {}
            elif table.exists():
                counts[account] = len(contracts(table))
        except schemas.DataError as error:
            faults += [f if f.startswith(paths.shown(folder)) else f"{paths.shown(folder)}/{f}" for f in error.faults]
    return counts, faults


def _own(account: str, folder: Path, code: str) -> dict | None:
    name, endings = ACCOUNTS[account]
    files = sorted(p for p in folder.glob(f"{account}*") if p.suffix.lower() in endings) if folder.exists() else []
    if not files:
        return None
    reader = readers.load(name)
    parsed = {path.name: reader.parse(path) for path in files}
    rows = reader.tally(reader.joined(parsed), code, ", ".join(parsed), "")
    schemas.validate(rows, schemas.TALLY, folder / files[0].name)
    notes = [note for one in parsed.values() for note in getattr(one, "notes", ())]
    return {"origin": "local", "source": "", "files": list(parsed), "released": "", "notes": notes, "rows": rows}


def _listed(lists: pd.DataFrame, code: str, edition: str) -> dict | None:
    if not (lists["area_code"].to_numpy() == code).any():  # as with most
        return None
    rows = lists[(lists["area_code"] == code) & (lists["release_date"] <= edition)]
    if rows.empty:
        return None
    newest = rows["release_date"].max()
    rows = rows[rows["source"] == rows.loc[rows["release_date"] == newest, "source"].iloc[0]]
    same = {"origin": "published", "source": rows["source"].iloc[0], "notes": []}
    return same | {"files": sorted(set(rows["file"])), "released": newest, "rows": rows}


def contracts(path: Path) -> list[dict[str, str]]:
    """Return the contracts of a locality, each cell as text; days are ISO. Raises DataError with row and column."""
    lines = _strict.records(path)
    _, heading = next(lines)
    for column in heading:
        if column not in CONTRACTS:
            raise fail(path.name, 1, column, "the column is not known", f"Use exactly: {','.join(CONTRACTS)}.")
    for column in CONTRACTS:
        if column not in heading:
            raise fail(path.name, 1, column, "the column is missing", f"Use exactly: {','.join(CONTRACTS)}.")
    rows = [(row, dict(zip(heading, (" ".join(c.split()) for c in cells), strict=True))) for row, cells in lines]
    pair = ("start", "end")  # judged together: 31/03/2027 in one shows that 01/04/2024 in the other is in April
    given = [(row, record[c]) for row, record in rows for c in pair if record[c] not in ("", UNKNOWN)]
    days = _strict.days(given, path.name, "start' or 'end")
    for column, (kind, says) in CONTRACTS.items():
        for row, record in rows:
            text = record[column]
            if not text:
                raise fail(path.name, row, column, "the cell is empty", f"{says}; or write '{UNKNOWN}'.")
            if isinstance(kind, tuple):
                record[column] = text = text.lower()
                if text not in kind:
                    raise fail(path.name, row, column, f"'{text[:30]}' is not known", f"Use one of: {', '.join(kind)}.")
            elif kind == "text" and CONTACT.search(text):
                what = "the text looks like an e-mail address, a telephone number or a postcode"
                raise fail(path.name, row, column, what, "Take it out: this text is published.")
            elif kind == "day":
                record[column] = days.get(text, text)
            elif kind in ("pounds", "share") and text != UNKNOWN:
                record[column] = _amount(text, kind, path.name, row, column)
    names: dict[str, int] = {}
    for row, record in rows:
        if names.setdefault(record["contract"], row) != row:
            what = f"the contract stands in row {names[record['contract']]} too"
            raise fail(path.name, row, "contract", what, "Keep one row for each contract.")
        if UNKNOWN not in (record["start"], record["end"]) and record["end"] < record["start"]:
            raise fail(path.name, row, "end", "it ends before it starts", "Correct one of the days.")
    return [record for _, record in rows]


def _amount(text: str, kind: str, file: str, row: int, column: str) -> str:
    pence = _strict.pence(text.removesuffix("%").strip() if kind == "share" else text)
    if pence is None or pence < 0:
        raise fail(file, row, column, f"'{text[:20]}' is not a number", f"Write it as 1234.50, or '{UNKNOWN}'.")
    if kind == "share" and pence > 100_00:
        raise fail(file, row, column, f"{text} is more than 100%", "Write the share of the payment.")
    return schemas.number_text(pence / 100)
