"""The shape of every file under data/figures and data/reference, and the words that may stand in them."""

from __future__ import annotations

import pandera.pandas as pa

from .. import periods
from ..wording import UNITS

PRESENT = ("final", "provisional", "revised")
MISSING = {
    "suppressed": "suppressed by the publisher to protect people",
    "unreliable": "withheld by the publisher as too unreliable",
    "not_applicable": "not applicable here",
    "not_available": "not available from the publisher",
    "not_submitted": "not submitted by the council, or withheld",
    "negligible": "too small to show, but not zero",
    "reason_not_given": "missing, and the publisher does not say why",
}

TALLY_BREAKDOWNS = (
    *("total", "month", "category", "payee_band", "payee_size", "line_size"),
    *("recipient_band", "recipient_kind", "award_size", "place"),
)
TALLY_MEASURES = {
    # measure: what it counts
    "rows": "payments, or grants",
    "gbp": "pounds, cash, net",
    "rows_redacted": "payments whose payee the council withheld",
    "gbp_redacted": "pounds of those",
    "payees": "different payees or recipients that are named",
    "herfindahl": "Herfindahl-Hirschman index of the named, from 0 to 10,000",
    "months": "months with a payment",
    "rows_identical": "payments that are the same as an earlier one in every column",
    "rows_credit": "payments below zero",
    "gbp_credit": "pounds of those",
    "gbp_charities": "pounds to payees with a charity number, where the file has that column",
}

AREA_CODE = r"^[EWSNK]\d{8}$|^X99\d{6}$"
DAY = r"^\d{4}-\d{2}-\d{2}$"

FIGURES = pa.DataFrameSchema(
    {
        "indicator": pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9_]*$")),
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "period": pa.Column(str, pa.Check.str_matches(periods.PATTERN)),
        "value": pa.Column(float, nullable=True),
        "lower": pa.Column(float, nullable=True),
        "upper": pa.Column(float, nullable=True),
        "count": pa.Column(float, pa.Check.ge(0), nullable=True),
        "denominator": pa.Column(float, pa.Check.ge(0), nullable=True),
        "unit": pa.Column(str, pa.Check.isin(list(UNITS))),
        "status": pa.Column(str, pa.Check.isin([*PRESENT, *MISSING])),
    },
    strict=True,
    ordered=True,
    unique=["indicator", "area_code", "period"],
)
LOCALITIES = pa.DataFrameSchema(
    {
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE), unique=True),
        "name": pa.Column(str),
        "slug": pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9-]*$"), unique=True),
        "kind": pa.Column(
            str,
            pa.Check.isin(
                [
                    *("unitary authority", "metropolitan district", "London borough", "county council"),
                    *("council area", "local government district"),  # Scotland; Northern Ireland
                ]
            ),
        ),
        "region_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "region": pa.Column(str),
    },
    strict=True,
    ordered=True,
)
DISTRICTS = pa.DataFrameSchema(
    {
        "district_code": pa.Column(str, pa.Check.str_matches(AREA_CODE), unique=True),
        "district": pa.Column(str),
        "current_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "locality_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "current": pa.Column(str, pa.Check.isin(["yes", "no"])),
    },
    strict=True,
    ordered=True,
)
AREA_CHANGES = pa.DataFrameSchema(
    {
        "old_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "old_name": pa.Column(str),
        "new_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "new_name": pa.Column(str),
        "kind": pa.Column(str, pa.Check.isin(["recode", "same_boundary", "part"])),
        "year": pa.Column(int),
    },
    strict=True,
    ordered=True,
    unique=["old_code", "new_code"],
)
POSTCODE_DISTRICTS = pa.DataFrameSchema(  # a district reaches into every locality that it has a row with
    {
        "postcode_district": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{1,2}\d[A-Z\d]?$")),
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "rows": pa.Column(int, pa.Check.ge(1)),
        "source": pa.Column(str),
    },
    strict=True,
    ordered=True,
    unique=["postcode_district", "area_code", "source"],
)
NEIGHBOURS = pa.DataFrameSchema(
    {
        "comparator": pa.Column(str, pa.Check.isin(["dfe", "ons"])),
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "position": pa.Column(int, pa.Check.ge(1)),
        "neighbour_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
    },
    strict=True,
    ordered=True,
    unique=["comparator", "area_code", "neighbour_code"],
)
RELEASES = pa.DataFrameSchema(
    {
        "source": pa.Column(str),
        "indicator": pa.Column(str),
        "period": pa.Column(str, pa.Check.str_matches(periods.PATTERN)),
        "release_date": pa.Column(str, pa.Check.str_matches(DAY)),
        "file": pa.Column(str),
    },
    strict=True,
    ordered=True,
    unique=["source", "indicator", "period"],
)
DEFLATOR = pa.DataFrameSchema(
    {
        "financial_year": pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d{2}$"), unique=True),
        "index": pa.Column(float, pa.Check.gt(0)),
    },
    strict=True,
    ordered=True,
)
CLASSIFICATION = pa.DataFrameSchema(
    {
        "account": pa.Column(str, pa.Check.isin(["s251", "ro3"])),
        "indicator": pa.Column(str, unique=True),
        "stage": pa.Column(str, pa.Check.isin(["early", "late", "unclassified", "part", "total"])),
        "reason": pa.Column(str, pa.Check.str_length(min_value=10)),
    },
    strict=True,
    ordered=True,
)
AT_RISK = pa.DataFrameSchema(
    {
        "indicator": pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9_]*$"), unique=True),
        "population": pa.Column(str, pa.Check.str_matches(r"^population_")),  # an indicator: whom the rate is about
        "less": pa.Column(str, pa.Check.str_matches(r"^population_"), nullable=True),  # taken off it
        "words": pa.Column(str),
        "reason": pa.Column(str, pa.Check.str_length(min_value=10)),
    },
    strict=True,
)

SPEND_EXCEPTIONS = pa.DataFrameSchema(
    {
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "account": pa.Column(str, pa.Check.isin(["s251", "ro3"])),
        "financial_year": pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d{2}$")),
        "difference": pa.Column(float, nullable=True),  # £: the published total less the lines that have a value
        "absent": pa.Column(str, nullable=True),  # the lines without a value
        "reason": pa.Column(str, pa.Check.str_length(min_value=20)),
    },
    strict=True,
    ordered=True,
    unique=["area_code", "account", "financial_year"],
)

TALLY = pa.DataFrameSchema(  # sums of a list of payments or grants: the lines themselves are never kept
    {
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "period": pa.Column(str, pa.Check.str_matches(periods.PATTERN)),
        "breakdown": pa.Column(str, pa.Check.isin(TALLY_BREAKDOWNS)),
        "part": pa.Column(str, pa.Check.str_length(1, 80)),
        "measure": pa.Column(str, pa.Check.isin(TALLY_MEASURES)),
        "value": pa.Column(float, nullable=True),  # empty: the file does not let it be known
        "release_date": pa.Column(str, pa.Check.str_matches(DAY + "|^$")),
        "file": pa.Column(str),
    },
    strict=True,
    ordered=True,
    unique=["area_code", "period", "breakdown", "part", "measure"],
)
