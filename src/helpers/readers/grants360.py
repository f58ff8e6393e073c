"""Grants in the 360Giving Data Standard, as JSON or as the CSV with the standard's headings.

Only sums leave this reader: by year, recipient band, kind of recipient, size and beneficiary place. Addresses,
e-mail addresses, telephone numbers, names and descriptions are never loaded. The standard:
https://standard.threesixtygiving.org/

The file's `reads:` in data/sources says

    area_code  the locality that the grants are for
    rows, gbp  the grants and the pounds that the file must hold, as its reader counted them
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd

from .. import periods
from ..catalogue import Source
from ..schemas import AREA_CODE
from . import _strict, _tally
from ._common import fail

PLAIN = {
    # of a grant itself: key in JSON, heading in CSV
    "id": "Identifier",
    "title": "Title",
    "description": "Description",
    "currency": "Currency",
    "amountAppliedFor": "Amount Applied For",
    "amountAwarded": "Amount Awarded",
    "amountDisbursed": "Amount Disbursed",
    "awardDate": "Award Date",
    "url": "URL",
    "fromOpenCall": "From an open call?",
    "relatedActivity": "Related Activity",
    "dateModified": "Last modified",
    "dataSource": "Data Source",
    "regrantType": "Regrant Type",
    "locationScope": "Location Scope",
}
GROUPS = {
    "plannedDates": "Planned Dates",
    "actualDates": "Actual Dates",
    "recipientOrganization": "Recipient Org",
    "recipientIndividual": "Recipient Ind",
    "beneficiaryLocation": "Beneficiary Location",
    "fundingOrganization": "Funding Org",
    "grantProgramme": "Grant Programme",
    "fundingType": "Funding Type",
    "classifications": "Classifications",
    "relatedDocument": "Related Document",
    "applicationTransaction": "Application Transaction",
    "commitmentTransaction": "Commitment Transaction",
    "disbursementTransaction": "Disbursement Transaction",
    "toIndividualsDetails": "To Individuals Details",
    "metadata": "Metadata",
}
TAKEN = {
    # (group, heading): what is kept of it; all else of a recipient or a place is never loaded
    ("Recipient Org", "Identifier"): "recipient",
    ("Recipient Org", "Charity Number"): "charity",
    ("Recipient Org", "Company Number"): "company",
    ("Recipient Ind", "Identifier"): "individual",
    ("Beneficiary Location", "Geographic Code"): "places",
}
KINDS = {
    "charity": "Gives a charity number",
    "company": "Gives a company number only",
    "neither": "Gives neither number",
    "individual": "A person",
}
CHARITY = ("GB-CHC-", "GB-SC-", "GB-NIC-")  # the charity registers, in an organisation's identifier
NO_PLACE, SEVERAL = "No place given", "Several places"
SIZES = ((10_000, "£10,000 or more"), (5_000, "£5,000 to £10,000"), (1_000, "£1,000 to £5,000"), (0, "Under £1,000"))


def parse(path: Path) -> pd.DataFrame:
    """Return one row per grant: where, id, day, pence, recipient, kind, place. Raises DataError for all that is unclear."""
    grants = list(_json(path) if path.suffix.lower() == ".json" else _csv(path))
    if not grants:
        raise fail(path.name, None, None, "there is no grant in it", "Give a file with grants.")
    days = _strict.days([(g["row"], g["day"]) for g in grants], path.name, "Award Date")
    seen: dict[str, int] = {}
    rows = []
    for grant in grants:
        row = grant["row"]
        if not grant["id"]:
            raise fail(path.name, row, "Identifier", "the grant has no identifier", "Give each grant its own.")
        if seen.setdefault(grant["id"], row) != row:
            what = f"the identifier stands in row {seen[grant['id']]} too"
            raise fail(path.name, row, "Identifier", what, "Keep one row for each grant.")
        pence = _strict.pence(grant["amount"])
        if pence is None or pence < 0:
            what = f"'{grant['amount'][:20]}' is not an amount in pounds and pence of zero or more"
            raise fail(path.name, row, "Amount Awarded", what, "Write it as 1234.50.")
        if grant["currency"] != "GBP":
            what = f"'{grant['currency'][:10]}' is not GBP"
            raise fail(path.name, row, "Currency", what, "Give the amount in pounds; nothing is exchanged here.")
        for code in grant["places"]:
            if not re.match(AREA_CODE, code):
                what = "the place is not a GSS code such as E05015240"
                raise fail(path.name, row, "Beneficiary Location:Geographic Code", what, "Give the code of the ward.")
        if not (grant["recipient"] or grant["individual"]):
            raise fail(path.name, row, "Recipient Org:Identifier", "no recipient", "Give the recipient's identifier.")
        places = sorted(set(grant["places"]))
        place = SEVERAL if len(places) > 1 else places[0] if places else NO_PLACE
        rows.append(
            (
                row,
                grant["id"],
                days[grant["day"]],
                pence,
                f"person {grant['individual']}" if grant["individual"] else grant["recipient"],
                _kind(grant),
                place,
            )
        )
    return pd.DataFrame(rows, columns=["row", "id", "day", "pence", "recipient", "kind", "place"])


def _kind(grant: dict) -> str:
    """Return what the identifiers say of the recipient; a name is never taken as a sign."""
    if grant["individual"]:
        return KINDS["individual"]
    if grant["charity"] or grant["recipient"].startswith(CHARITY):
        return KINDS["charity"]
    return KINDS["company" if grant["company"] or grant["recipient"].startswith("GB-COH-") else "neither"]


def _json(path: Path) -> Iterator[dict]:
    def once(pairs):
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a key stands twice in one object")
        return found

    def refused(text):
        raise ValueError(f"{text} is no number")

    try:
        content = json.loads(path.read_bytes(), parse_float=Decimal, parse_constant=refused, object_pairs_hook=once)
    except ValueError as error:  # UnicodeDecodeError is one too
        raise fail(path.name, None, None, f"cannot be read as JSON: {error}", "Export it again.") from None
    grants = content.get("grants") if isinstance(content, dict) else None
    if not isinstance(grants, list) or not all(isinstance(g, dict) for g in grants):
        raise fail(path.name, None, "grants", "there is no list of grants", "Give a file of the 360Giving standard.")
    for row, grant in enumerate(grants, start=1):
        for name in grant:
            if name not in PLAIN and name not in GROUPS and not _contact(name):
                what = "the key is not in the 360Giving standard"
                raise fail(path.name, row, name, what, "Take it out. (The row is the grant's place in the file.)")
        try:
            organisations, people = grant.get("recipientOrganization", []), grant.get("recipientIndividual")
            organisation = organisations[0] if organisations else {}
            places = [str(p["geoCode"]) for p in grant.get("beneficiaryLocation", []) if p.get("geoCode")]
            yield {
                "row": row,
                "id": str(grant.get("id", "")),
                "day": str(grant.get("awardDate", "")),
                "amount": _number(grant.get("amountAwarded")),
                "currency": str(grant.get("currency", "")),
                "recipient": str(organisation.get("id") or ""),
                "charity": str(organisation.get("charityNumber") or ""),
                "company": str(organisation.get("companyNumber") or ""),
                "individual": str(people[0].get("id") or f"of grant {row}") if people else "",
                "places": places,
            }
        except (AttributeError, KeyError, TypeError, IndexError):
            what = "the recipient or the place is not in the form of the standard"
            raise fail(path.name, row, None, what, "Check the file with the 360Giving quality checker.") from None


def _number(value) -> str:
    """Return a number of the JSON as text that `_strict.pence` reads; 20.50 and 20.500 are the same amount."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "no number" if value is None else f"text {value}"
    text = f"{value:f}"
    return re.sub(r"(\.\d\d?)0*$", r"\1", text) if "." in text else text


def _contact(name: str) -> bool:
    """Return whether a column or key is plainly a contact detail: passed over, so never loaded."""
    return bool(re.search(r"e-?mail|phone|mobile|fax|address|post ?code|contact", name, re.IGNORECASE))


def _csv(path: Path) -> Iterator[dict]:
    lines = _strict.records(path)
    _, heading = next(lines)
    plain = {title.lower(): title for title in PLAIN.values()}
    groups = {title.lower(): title for title in GROUPS.values()}
    at: dict[str, list[int]] = {}
    for position, name in enumerate(heading):
        steps = [s.strip() for s in name.split(":") if not s.strip().isdigit()]  # 'Beneficiary Location:0:Name'
        if len(steps) == 1 and steps[0].lower() in plain:
            at.setdefault(plain[steps[0].lower()], []).append(position)
        elif len(steps) > 1 and steps[0].lower() in groups:
            role = TAKEN.get((groups[steps[0].lower()], ":".join(steps[1:]).title()))
            if role:
                at.setdefault(role, []).append(position)
        elif not _contact(name):
            known = ", ".join([*PLAIN.values(), *(f"{g}:…" for g in GROUPS.values())])
            raise fail(
                path.name, 1, name, "the column is not in the 360Giving standard", f"Take it out. Known: {known}."
            )
    for title in ("Identifier", "Amount Awarded", "Award Date", "Currency"):
        if title not in at:
            raise fail(path.name, 1, title, "the column is missing", "Add it; the 360Giving standard asks for it.")
    if "recipient" not in at and "individual" not in at:
        what = "the column is missing"
        raise fail(path.name, 1, "Recipient Org:Identifier", what, "Add it; the 360Giving standard asks for it.")
    for row, cells in lines:
        found = {name: [cells[p].strip() for p in places if cells[p].strip()] for name, places in at.items()}

        def first(name: str, found=found) -> str:
            return next(iter(found.get(name, [])), "")

        yield {
            "row": row,
            "id": first("Identifier"),
            "day": first("Award Date"),
            "amount": first("Amount Awarded"),
            "currency": first("Currency"),
            **{name: first(name) for name in ("recipient", "charity", "company", "individual")},
            "places": found.get("places", []),
        }


def tally(grants: pd.DataFrame, area_code: str, file: str, released: str) -> pd.DataFrame:
    """Return the sums of grants by financial year of award, and of all years together (schemas.TALLY)."""
    own = grants.assign(period=_tally.year_of(grants["day"]))
    first, last = (int(own["period"].agg(way)[:4]) for way in ("min", "max"))
    records = []
    if last > first:
        for period, year in own.groupby("period"):
            records.append({"period": period, "breakdown": "total", "part": "all grants", **_sums(year)})
    span = periods.financial_year(first)[:10] + f"/P{last - first + 1}Y"
    totals = own.groupby("recipient")["pence"].sum()
    breakdowns = {
        "recipient_band": own["recipient"].map(_tally.bands(totals)),
        "recipient_kind": own["kind"],
        "award_size": _tally.sized(own["pence"] / 100, SIZES),
        "place": own["place"],
    }
    index = {"herfindahl": _tally.herfindahl(totals)}
    records.append({"period": span, "breakdown": "total", "part": "all grants", **_sums(own), **index})
    for breakdown, part in breakdowns.items():
        for name, of_part in own.groupby(part):
            records.append({"period": span, "breakdown": breakdown, "part": name, **_sums(of_part)})
    return _tally.long(records, area_code, file, released)


def _sums(own: pd.DataFrame) -> dict[str, float]:
    return {"rows": len(own), "gbp": own["pence"].sum() / 100, "payees": own["recipient"].nunique()}


def joined(files: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return several files as one. Raises DataError for a grant that stands in two of them."""
    seen: dict[str, str] = {}
    for file, grants in files.items():
        for row, grant in zip(grants["row"], grants["id"], strict=True):
            if seen.setdefault(grant, file) != file:
                what = f"the grant stands in {seen[grant]} too"
                raise fail(file, row, "Identifier", what, "Give each grant once: the JSON or the CSV, not both.")
    return pd.concat(files.values(), ignore_index=True)


def tallies(folder: Path, source: Source) -> pd.DataFrame:
    """Return the sums of a source's file (schemas.TALLY). Raises DataError where it does not hold what `reads` says."""
    (file,) = source.files
    grants = parse(folder / file.name)
    late = grants["day"] > file.release_date
    if late.any():
        row = int(grants.loc[late, "row"].iloc[0])
        what = f"awarded after the file was released on {file.release_date}"
        raise fail(file.name, row, "Award Date", what, "Correct the year.")
    held = (len(grants), int(grants["pence"].sum()))
    if held != (file.reads["rows"], _strict.pence(str(file.reads["gbp"]))):
        what = f"{held[0]} grants and £{held[1] / 100:.2f}, but data/sources/{source.id}.yml says otherwise"
        raise fail(file.name, None, None, what, "Look at the file, then correct `reads`.")
    return tally(grants, file.reads["area_code"], file.name, file.release_date)
