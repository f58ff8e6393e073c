"""One cell to one value, by the kind of its column. What could be read in two ways is a fault, never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from . import days
from .files import CONTROL, DAMAGED, clean, key
from .shapes import NUMBERS, Column, Context, Fault, seen

SYMBOLS = {  # the Government Statistical Service's marks for a value that is not there
    "[c]": "confidential",
    "[x]": "not available",
    "[z]": "not applicable",
    "[u]": "too unreliable",
    "[w]": "nobody to ask",
    "[low]": "too small to show",
}
LIKE_SYMBOLS = {
    "-",
    "–",
    "—",
    ".",
    "..",
    "...",
    ":",
    "*",
    "**",
    "?",
    "n/a",
    "na",
    "nil",
    "none",
    "null",
    "nan",
    "tbc",
    "unknown",
    "x",
    "c",
    "z",
}
NUMBER = re.compile(r"([-−]?)(£?)(?:(?<=£) )?([-−]?)(\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(\.\d+)?")
ERROR = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|#+)|Err:\d+", re.IGNORECASE)
SHORTENED = re.compile(r"\d(\.\d+)?E[+-]?\d+", re.IGNORECASE)
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
DISTRICT = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?")
POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.IGNORECASE)


def convert(cell: Any, column: Column, context: Context) -> tuple[Any, str]:
    """Return (value, symbol of a stated gap or ''). The value is nan or '' where there is none. Raises Fault.

    >>> convert("£1,234.50", Column("cost", "pounds", ""), Context()), convert("[c]", Column("n", "whole", ""), Context())
    ((1234.5, ''), (nan, '[c]'))
    >>> convert(" Yes ", Column("a", "word", "", words=("yes", "no")), Context())
    ('yes', '')
    """
    numeric = column.kind in NUMBERS
    if isinstance(cell, str):
        if DAMAGED.search(cell) or CONTROL.search(cell.replace("\xa0", " ")):
            raise Fault("the text is damaged: it was saved in one encoding and opened in another", "Write it anew.")
        cell = clean(cell)
        if ERROR.fullmatch(cell):
            raise Fault("the cell holds the error of a formula", "Mend the formula, or write the value.")
    if cell == "" or cell is None:
        if column.needed:
            words = f" ({', '.join(w for w in column.words if w)})" if column.words else ""
            raise Fault("the cell is empty", f"{column.says}{words}.")
        return (float("nan") if numeric else ""), ""
    if isinstance(cell, str) and cell.lower() in SYMBOLS:
        if not numeric and column.needed:
            raise Fault("a mark for a missing value cannot stand here", f"{column.says}.")
        return (float("nan") if numeric else ""), cell.lower()
    return (_number(cell, column, context) if numeric else _word_of_kind(cell, column, context)), ""


def _number(cell: Any, column: Column, context: Context) -> float:
    if isinstance(cell, (bool, date, datetime, time, timedelta)):
        raise Fault("the cell holds a date, a time or a truth value, not a number", "Format the cell as a number.")
    if isinstance(cell, (int, float)):
        value = float(cell) * 100 if context.percent else float(cell)
        if context.percent and column.kind != "percent":
            raise Fault("the cell is shown as a percentage", "Format it as a plain number.")
        value = float(f"{value:.15g}")
    else:
        value = _number_in_text(cell, column, context)
    if value in (float("inf"), float("-inf")) or value != value or abs(value) >= 1e15:
        raise Fault("the number is too large, or is none", "Write the number in full.")
    if column.kind == "whole" and value != int(value):
        raise Fault(f"{seen(cell, context)} is not a whole number", "Write a whole number.")
    percent_sign = context.percent or (isinstance(cell, str) and cell.endswith("%"))
    if column.kind == "percent" and 0 < abs(value) < 1 and not percent_sign:
        raise Fault(f"{seen(cell, context)} may be a percentage or a part of one", "Write 40 for 40%, or 0.4%.")
    if not column.low <= value <= column.high:
        ends = [f"at least {column.low:g}"] if column.low > float("-inf") else []
        ends += [f"at most {column.high:g}"] if column.high < float("inf") else []
        raise Fault(f"{seen(cell, context)} is out of range", f"It must be {' and '.join(ends)}.")
    return value


def _number_in_text(text: str, column: Column, context: Context) -> float:
    plain = text
    if column.kind == "percent":
        plain = plain.removesuffix("%").strip()
    if plain.startswith("(") and plain.endswith(")") and column.kind == "pounds":  # as accountants write it
        plain = f"-{plain[1:-1].strip()}"
    if text.lower() in LIKE_SYMBOLS:
        remedy = f"Leave it empty, write 0, or one of {', '.join(SYMBOLS)}."
        raise Fault(f"{seen(text, context)} may mean several things", remedy)
    if "," in plain and context.delimiter == ";":
        raise Fault("a comma in a number may be a decimal comma here", "Write 1234.5.")
    match = NUMBER.fullmatch(plain)
    sign = match and (match[1] + match[3])
    unit = match and match[2] and re.fullmatch("0{2,}", match[4])  # £000 says "in thousands", and is no amount
    if not match or unit or len(sign) > 1 or (match[2] and column.kind != "pounds"):
        remedy = "Write the number alone, such as 1234.5" + (" or £1,234.50." if column.kind == "pounds" else ".")
        raise Fault(f"{seen(text, context)} is not a number", remedy)
    value = float(re.sub(r"[ ,]", "", match[4]) + (match[5] or ""))
    return -value if sign and value else value


def _word_of_kind(cell: Any, column: Column, context: Context) -> str:
    kind = column.kind
    if kind in ("day", "step", "period") and isinstance(cell, (date, datetime)):
        return days.from_date(cell, kind, context)
    if isinstance(cell, bool):
        cell = "yes" if cell else "no"
    if isinstance(cell, (date, datetime, time, timedelta)):
        what = "the cell holds a date or a time; a spreadsheet may have made it out of a code such as 3-4"
        raise Fault(what, "Format the column as text, and write it anew.")
    if isinstance(cell, (int, float)):
        if kind in ("day", "step", "period"):
            raise Fault("the cell holds a plain number, not a day", "Format the cell as a date, or write 2025-04-23.")
        if kind in ("id", "pseudonym") and (not abs(cell) < 1e11 or cell != int(cell)):
            raise Fault("the spreadsheet has made a number out of an id", "Format the column as text; write it anew.")
        cell = f"{cell:.15g}"
    if kind in ("id", "pseudonym", "district") and SHORTENED.fullmatch(cell) and "+" in cell:
        raise Fault("the spreadsheet has shortened it to a power of ten", "Format the column as text; write it anew.")
    return {
        "id": _id,
        "pseudonym": _id,
        "text": _text,
        "quote": _text,
        "word": _word,
        "day": days.day,
        "step": days.step,
        "year": days.year,
        "period": days.period,
        "indicator": _indicator,
        "district": _district,
    }[kind](cell, column, context)


def _id(text: str, column: Column, context: Context) -> str:
    plain = text.lower().replace(" ", "-")
    if not ID.fullmatch(plain):
        raise Fault(f"{seen(text, context)} is not an id", "Use letters, digits and dashes, 60 at most.")
    return plain


def _text(text: str, column: Column, context: Context) -> str:
    if column.kind == "text" and re.match(r"[=@]|[+-][^\d\s]", text):
        raise Fault("the text begins like a formula", "Take the first sign away.")
    most = 2_000 if column.kind == "quote" else 300
    if len(text) > most:
        raise Fault(f"the text has {len(text)} signs", f"Write {most} at most.")
    return text


def _word(text: str, column: Column, context: Context) -> str:
    by_key = {key(w): w for w in column.words}
    for other, word in (("y", "yes"), ("true", "yes"), ("n", "no"), ("false", "no")):
        if word in column.words:
            by_key.setdefault(other, word)
    for other in ("unknown", "dontknow", "notknown"):
        unknown = [w for w in ("not known", "unknown") if w in column.words]
        if unknown:
            by_key.setdefault(other, unknown[0])
    found = by_key.get(key(text))
    if found is None:
        near = get_close_matches(text.lower(), column.words, n=1)
        hint = f" Did you mean '{near[0]}'?" if near and not context.quiet else ""
        choices = ", ".join(w for w in column.words if w)
        raise Fault(f"{seen(text, context)} is not one of the words for this column", f"Use one of: {choices}.{hint}")
    return found


def _indicator(text: str, column: Column, context: Context) -> str:
    if context.known and text.lower() not in context.known:
        near = get_close_matches(text.lower(), list(context.known), n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        remedy = f"Use an id from data/indicators, or leave it empty.{hint}"
        raise Fault(f"{seen(text, context)} is not the id of an indicator", remedy)
    return text.lower()


def _district(text: str, column: Column, context: Context) -> str:
    if POSTCODE.fullmatch(text):
        raise Fault("it is a full postcode", "Keep the first half only.")
    if not DISTRICT.fullmatch(text.upper()):
        raise Fault(f"{seen(text, context)} is not the first half of a postcode", "Write it as M33, or leave it empty.")
    return text.upper()


def gaps(symbols: Mapping[str, int]) -> str:
    """Return stated gaps in words.

    >>> gaps({"[c]": 2})
    '2 [c] (confidential)'
    """
    return ", ".join(f"{n} {s} ({SYMBOLS[s]})" for s, n in sorted(symbols.items()))
