"""What the year labels of the Local Authority Interactive Tool mean: they differ by measure, so an indicator says it."""

from __future__ import annotations

import re
from datetime import date

# the reading of a year label: the Year_Type of the dictionary that it fits
YEARS = {
    "financial": ("Financial Year",),
    "academic": ("Academic Year",),
    "calendar": ("Calendar Year",),
    "year_to_30_september": ("Annual (end of Sept)",),
    "snapshot_30_september": ("Annual (end of Sept)",),
    "snapshot_31_march": ("Annual", "Financial Year"),
    "snapshot_january": ("Annual - January", "Academic Year"),  # the day of the school census
    "december_to_february": ("Financial Year",),  # an average around the end of the calendar year
}
FIRST_MONTH = {"financial": 4, "academic": 9, "year_to_30_september": 10}  # of years across two
LABEL = re.compile(
    r"^(?P<first>\d{4})"
    r"(?:[-/](?P<last>\d{2})|/(?P<second>\d{2})-(?P<third>\d{2})/(?P<fourth>\d{2}))?"
    r"(?: \((?P<note>\w+)\))?$"
)
# OT: outturn
NOTES = {None: "final", "OT": "final", "Final": "final", "Rev": "revised", "prov": "provisional"}


def period(label: str, year: str) -> tuple[str, str]:
    """Return the ISO period and the status that a year label means under a reading in YEARS.

    One year alone is the year in which a financial or academic year ends. Raises ValueError for a label that
    does not fit.

    >>> period("2025", "financial"), period("2024-25 (OT)", "financial")
    (('2024-04-01/P1Y', 'final'), ('2024-04-01/P1Y', 'final'))
    >>> period("2013/14-15/16", "financial")[0], period("2014-16", "calendar")[0]
    ('2013-04-01/P3Y', '2014-01-01/P3Y')
    >>> period("2025 (prov)", "academic")
    ('2024-09-01/P1Y', 'provisional')
    >>> period("2025", "snapshot_january")[0], period("2025", "december_to_february")[0]
    ('2025-01-16', '2024-12-01/P3M')
    >>> period("2014-16", "financial")
    Traceback (most recent call last):
    ValueError: label '2014-16' does not fit the reading 'financial'
    """
    shape = LABEL.match(label)
    wrong = ValueError(f"label '{label}' does not fit the reading '{year}'")
    if not shape or shape["note"] not in NOTES:
        raise wrong
    first, status = int(shape["first"]), NOTES[shape["note"]]
    pooled, spanned = shape["fourth"], shape["last"]
    if year in FIRST_MONTH:
        length = 1
        if pooled:
            third, fourth = (first // 100 * 100 + int(shape[part]) for part in ("third", "fourth"))
            length = fourth - first
            if int(shape["second"]) != (first + 1) % 100 or fourth != third + 1 or length < 2:
                raise wrong
        elif spanned:
            if int(spanned) != (first + 1) % 100:
                raise wrong
        else:
            first -= 1
        return f"{first}-{FIRST_MONTH[year]:02d}-01/P{length}Y", status
    if year == "calendar" and not pooled:
        if spanned and int(spanned) != (first + 2) % 100:  # LAIT pools three calendar years, never two
            raise wrong
        return f"{first}-01-01/P{3 if spanned else 1}Y", status
    if pooled or spanned:
        raise wrong
    if year == "december_to_february":
        return f"{first - 1}-12-01/P3M", status
    if year == "snapshot_january":  # the school census is on the third Thursday of January
        return date(first, 1, 15 + (3 - date(first, 1, 15).weekday()) % 7).isoformat(), status
    return f"{first}-{'03-31' if year == 'snapshot_31_march' else '09-30'}", status
