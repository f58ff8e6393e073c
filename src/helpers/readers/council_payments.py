"""A council's list of payments, as the Local Government Transparency Code asks for: one CSV, or one in a zip.

Only sums leave this reader: by month, category, band of payees and size. No name of a payee does, since sole traders
and people stand among them. A payee that the council withheld is counted as withheld, and never guessed.

The file's `reads:` in data/sources says

    area_code       the council
    financial_year  the year that every payment must fall in, such as 2024-25
    rows, gbp       the lines and the pounds that the file must hold, as its reader counted them
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .. import periods
from ..catalogue import Source
from . import _strict, _tally
from ._common import fail

ROLES = {
    # role: the headings that say so, without case, spaces and signs; the first that is there is taken
    "organisation": "organisationlabel organisationname organisation bodyname body authority authorityname councilname",
    "date": "paymentdate datepaid date transactiondate paiddate",
    "effective": "effectivedate",
    "payee": "beneficiaryname beneficiary suppliername supplier payee payeename vendorname vendor",
    "amount": "amount netamount amountnet amountpaid paymentamount",
    "category": "proclasslabel merchantcategory procurementcategory expenditurecategory expensecategory category",
    "code": "proclasscode",
    "charity": "charitynumber registeredcharitynumber beneficiarycharitynumber",
    "not used": "organisationuri organisationcode organisationalunit department departmentname directorate service"
    " servicearea servicelabel servicecode division beneficiaryotherid supplierid suppliernumber vendorid"
    " transactionnumber transactionref invoicenumber invoiceref irrecoverablevatamount irrecoverablevat vat"
    " purpose purposeofexpenditure summaryofpurpose expensetype description narrative profitcentre costcentre"
    " costcentrecode accountcode cipfacode vatregistrationnumber contractnumber contractreference cardtransaction"
    " capitalorrevenue capitalrevenue merchantcategorycode",
}
ROLE = {heading: role for role, headings in ROLES.items() for heading in headings.split()}
NEEDED = {"payee": "BeneficiaryName", "date": "PaymentDate", "amount": "Amount"}
NONE_GIVEN = "No category given"
WITHHELD = "Payee withheld"
OTHERS = "All other categories"
MOST_CATEGORIES = 30
REDACTED = {"redacted", "name withheld", "withheld", "personal data", "confidential"}
TOTALS = {"total", "grand total", "subtotal", "sub total", "overall total", "sum"}
PAYEE_SIZES = (
    (1_000_000, "£1 million or more"),
    (100_000, "£100,000 to £1 million"),
    (10_000, "£10,000 to £100,000"),
    (float("-inf"), "Under £10,000"),
)
LINE_SIZES = (
    (100_000, "£100,000 or more"),
    (10_000, "£10,000 to £100,000"),
    (500, "£500 to £10,000"),
    (0, "Under £500"),
    (float("-inf"), "Below zero: credits and corrections"),
)
PROCLASS = {
    # the headings of the ProClass list, by the first two digits of its codes, in our words
    "10": "Building materials",
    "11": "Catering",
    "12": "Cemeteries and crematoria",
    "13": "Cleaning",
    "14": "Clothing",
    "15": "Consultancy",
    "16": "Household goods",
    "17": "Education",
    "18": "Environment and waste",
    "19": "Facilities management",
    "20": "Financial services",
    "21": "Furniture",
    "22": "Health and safety",
    "23": "Highway equipment and materials",
    "24": "Gardening and grounds",
    "25": "Housing management",
    "26": "Staff: agency, training, travel",
    "27": "Information technology",
    "28": "Legal services",
    "29": "Leisure",
    "30": "Post and couriers",
    "31": "Medical",
    "32": "Social care",
    "33": "Sport and playgrounds",
    "34": "Stationery",
    "35": "Streets and traffic",
    "36": "Transport",
    "37": "Gas, electricity and water",
    "38": "Vehicles",
    "39": "Building work, repair and upkeep",
}


@dataclass(frozen=True)
class Parsed:
    """One file, line by line, for sums to be made of; `notes` are what its user should know."""

    rows: pd.DataFrame  # row, day, payee, redacted, pence, category, charity (None where no column says), mark
    notes: tuple[str, ...]


def withheld(payee: str) -> bool:
    """Return whether the cell says that the payee is withheld, rather than a name that begins alike.

    >>> [withheld(t) for t in ("Redacted", "REDACTED - personal data", "Redactive Events Ltd", "Withheld")]
    [True, True, False, True]
    """
    words = " ".join(re.sub(r"[^a-z]", " ", payee.lower()).split())
    return words in REDACTED or words.startswith("redacted ")


def parse(path: Path) -> Parsed:
    """Read one file. Raises DataError, with row and column, for all that is not known for certain."""
    lines = _strict.records(path)
    _, heading = next(lines)
    at = _columns(path.name, heading)
    names = {role: heading[position] for role, position in at.items()}
    numbers, marks = [], []
    taken: dict[str, list[str]] = {role: [] for role in at}
    same: dict[str, str] = {}  # equal texts are kept once
    for row, cells in lines:
        numbers.append(row)
        marks.append(hash(tuple(cells)))
        for role, position in at.items():
            taken[role].append(same.setdefault(cells[position], cells[position]))
    if not numbers:
        raise fail(path.name, None, None, "there is no payment in it", "Give a file with rows.")

    def first(role: str, which) -> tuple[int, str] | None:
        return next(((n, t) for n, t in zip(numbers, taken[role], strict=True) if which(t)), None)

    frame = pd.DataFrame({"row": numbers, "mark": marks})
    amounts = {text: _strict.pence(text) for text in set(taken["amount"])}
    if bad := first("amount", lambda t: amounts[t] is None):
        what = f"'{bad[1][:20]}' is not an amount in pounds and pence"
        raise fail(path.name, bad[0], names["amount"], what, "Write it as 1234.50; a credit as -1234.50.")
    frame["pence"] = [amounts[text] for text in taken["amount"]]
    found = _strict.days(zip(numbers, taken["date"], strict=True), path.name, names["date"])
    frame["day"] = [found[text] for text in taken["date"]]

    payees = {text: " ".join(text.lower().split()) for text in set(taken["payee"])}
    if bad := first("payee", lambda t: not payees[t]):
        raise fail(path.name, bad[0], names["payee"], "no payee", "Write the payee, or 'Redacted' where withheld.")
    if bad := first("payee", lambda t: payees[t].strip(" :") in TOTALS):
        raise fail(path.name, bad[0], names["payee"], "this is a row of totals", "Take it out: keep single payments.")
    frame["payee"] = [payees[text] for text in taken["payee"]]
    frame["redacted"] = frame["payee"].map({name: withheld(name) for name in set(payees.values())})
    if len(frame) > 2 and frame["pence"].iloc[-1] == (before := frame["pence"].iloc[:-1].sum()) and before:
        what = "the last row is the sum of all rows above it"
        raise fail(path.name, numbers[-1], names["amount"], what, "Take it out: keep single payments.")

    frame["category"] = _categories(path.name, numbers, taken, names)
    frame["charity"] = (
        [bool(t.strip(" -0") and t.upper() != "NA") for t in taken["charity"]] if "charity" in at else None
    )
    bodies = sorted({t.strip().lower() for t in taken.get("organisation", [])})
    if len(bodies) > 1:
        row, _ = first("organisation", lambda t: t.strip().lower() != taken["organisation"][0].strip().lower())
        what = f"the file holds payments of {len(bodies)} organisations"
        raise fail(path.name, row, names["organisation"], what, "Give the payments of one council only.")
    old = _strict.encoding(path) == "cp1252"
    return Parsed(frame, (f"{path.name} is not UTF-8: its text was read as Windows-1252.",) if old else ())


def _columns(file: str, heading: list[str]) -> dict[str, int]:
    """Return {role: position}. Raises DataError for a heading that is not known, or two that mean the same."""
    at: dict[str, int] = {}
    for position, name in enumerate(heading):
        role = ROLE.get(_strict.key(name))
        if role is None:
            known = ", ".join(sorted(ROLE))
            what = "the column is not known"
            raise fail(
                file, 1, name, what, f"Take it out, or rename it as one of (case and spaces do not matter): {known}."
            )
        if role == "not used":
            continue
        if role in at:
            what = f"it means the same as '{heading[at[role]]}'"
            raise fail(file, 1, name, what, "Keep one of the two.")
        at[role] = position
    if "effective" in at:  # the end of the month in the ledger: only where no day of payment is given
        at.setdefault("date", at["effective"])
        del at["effective"]
    for role, name in NEEDED.items():
        if role not in at:
            raise fail(file, 1, name, "the column is missing", f"Use one of: {ROLES[role].replace(' ', ', ')}.")
    return at


def _categories(file: str, numbers: list[int], taken: dict, names: dict) -> list[str]:
    if "code" in taken:
        column, known = "code", {}
        for row, code in zip(numbers, taken["code"], strict=True):
            if code not in known:
                known[code] = _none(code) or PROCLASS.get(code.strip()[:2], "")
                if not known[code]:
                    what = f"'{code[:20]}' is not a code of the ProClass list"
                    raise fail(file, row, names[column], what, "Correct it, or leave the cell empty.")
        return [known[code] for code in taken["code"]]
    if "category" not in taken:
        return [NONE_GIVEN] * len(numbers)
    known = {text: _none(text) or " ".join(text.split()) for text in set(taken["category"])}
    for row, text in zip(numbers, taken["category"], strict=True):
        if "@" in text or re.search(r"\d[\d ]{8,}", text):
            what = "the text looks like an e-mail address or a telephone number"
            raise fail(file, row, names["category"], what, "Write the kind of goods or services.")
    return [known[text] for text in taken["category"]]


def _none(text: str) -> str:
    return NONE_GIVEN if text.strip().upper() in ("", "NA", "N/A", "NOT CLASSIFIED", "UNCLASSIFIED") else ""


def tally(parsed: Parsed, area_code: str, file: str, released: str) -> pd.DataFrame:
    """Return the sums of a file by financial year (schemas.TALLY). Every breakdown adds up to the total."""
    rows = parsed.rows.assign(period=_tally.year_of(parsed.rows["day"]), identical=parsed.rows.duplicated("mark"))
    records = []
    for period, own in rows.groupby("period"):
        named = own[~own["redacted"]]
        totals = named.groupby("payee")["pence"].sum()
        sizes = _tally.sized(totals / 100, PAYEE_SIZES)
        kept = own.groupby("category")["pence"].sum().sort_values(ascending=False).index[:MOST_CATEGORIES]
        breakdowns = {
            "month": own["day"].str[:7],
            "category": own["category"].where(own["category"].isin({*kept, NONE_GIVEN}), OTHERS),
            "payee_band": own["payee"].map(_tally.bands(totals)).mask(own["redacted"], WITHHELD),
            "payee_size": own["payee"].map(sizes).mask(own["redacted"], WITHHELD),
            "line_size": _tally.sized(own["pence"] / 100, LINE_SIZES),
        }
        charities = own.loc[own["charity"].astype(bool), "pence"].sum() / 100 if own["charity"].notna().all() else None
        credit = own["pence"] < 0
        records.append(
            {"period": period, "breakdown": "total", "part": "all payments", **_sums(own)}
            | {"herfindahl": _tally.herfindahl(totals), "rows_identical": own["identical"].sum()}
            | {"months": own["day"].str[:7].nunique(), "gbp_charities": charities}
            | {"rows_credit": credit.sum(), "gbp_credit": own.loc[credit, "pence"].sum() / 100}
        )
        for breakdown, part in breakdowns.items():
            for name, of_part in own.groupby(part):
                sums = _sums(of_part)
                if breakdown == "category" and name != NONE_GIVEN:  # one withheld payee in a category is one person
                    sums |= {"rows_redacted": None, "gbp_redacted": None}
                records.append({"period": period, "breakdown": breakdown, "part": name, **sums})
    return _tally.long(records, area_code, file, released)


def _sums(own: pd.DataFrame) -> dict[str, float]:
    hidden = own["redacted"]
    return {
        "rows": len(own),
        "gbp": own["pence"].sum() / 100,
        "rows_redacted": hidden.sum(),
        "gbp_redacted": own.loc[hidden, "pence"].sum() / 100,
        "payees": own.loc[~hidden, "payee"].nunique(),
    }


def joined(parsed: dict[str, Parsed]) -> Parsed:
    """Return several files as one. Raises DataError where a line stands in two of them: it would be counted twice."""
    seen: dict[int, str] = {}
    for file, one in parsed.items():
        for row, mark in zip(one.rows["row"], one.rows["mark"], strict=True):
            if seen.setdefault(mark, file) != file:
                what = f"the line stands in {seen[mark]} too"
                raise fail(file, row, None, what, "Give each payment in one file only.")
    frames = [one.rows for one in parsed.values()]
    return Parsed(pd.concat(frames, ignore_index=True), tuple(n for one in parsed.values() for n in one.notes))


def tallies(folder: Path, source: Source) -> pd.DataFrame:
    """Return the sums of a source's files (schemas.TALLY). Raises DataError where a file does not hold what `reads` says."""
    parts = []
    for file in source.files:
        parsed = parse(folder / file.name)
        years = _tally.year_of(parsed.rows["day"])
        wrong = years != periods.financial_year(int(file.reads["financial_year"][:4]))
        if wrong.any():
            row = int(parsed.rows.loc[wrong, "row"].iloc[0])
            what = f"the payment is not of {file.reads['financial_year']}"
            raise fail(file.name, row, "PaymentDate", what, f"Correct data/sources/{source.id}.yml, or the file.")
        held = (len(parsed.rows), int(parsed.rows["pence"].sum()))
        if held != (file.reads["rows"], _strict.pence(str(file.reads["gbp"]))):
            what = f"{held[0]} lines and £{held[1] / 100:.2f}, but data/sources/{source.id}.yml says otherwise"
            raise fail(file.name, None, None, what, "Look at the file, then correct `reads`.")
        parts.append(tally(parsed, file.reads["area_code"], file.name, file.release_date))
    return pd.concat(parts, ignore_index=True)
