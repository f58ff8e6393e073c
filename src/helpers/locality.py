"""What is held of one locality, in the form in which chapters and rules read it. helpers.evidence reads it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps

import pandas as pd

from . import periods
from .schemas import MISSING

NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")
NOT_HERE = {f"not_collected_in_{n}": f"not collected here: the publisher's figures do not cover {n}" for n in NATIONS}
NO_PUBLIC = "no_public_figure"
COMPARATORS = {"dfe": "statistical neighbours", "ons": "ONS nearest neighbours"}


def once(function: Callable) -> Callable:
    """Keep what a function of (evidence, ...) returns for as long as that evidence lives, and no longer."""

    @wraps(function)
    def kept(e: Evidence, *args):
        answers = e.__dict__.setdefault("_answers", {})
        if (function, args) not in answers:
            answers[function, args] = function(e, *args)
        return answers[function, args]

    return kept


def _named(table: pd.DataFrame) -> list:
    """Return rows as named tuples. As objects first: to take Arrow's texts one by one takes three times as long in all."""
    return list(table.astype(object).itertuples(index=False, name="Row"))


@dataclass(frozen=True)
class Latest:
    """The newest value of one indicator in a locality, with all that is said beside it; nan where there is none."""

    id: str
    period: str  # ISO; empty when the locality has no value in any period
    value: float
    lower: float
    upper: float
    interval: str  # published, Wilson, Byar or empty
    status: str
    england: float  # nan outside England
    benchmark: float  # what the place is held against: its own nation's figure, or the UK's
    benchmark_of: str  # whose that is: a nation, UK, or empty for none
    region: float
    median: float  # of the chosen comparator set
    n: int  # how many of them have a value
    of: int  # how many there are
    against: str  # the comparison with the benchmark: better, similar, worse, higher, lower or not compared
    coverage: str
    release_date: str
    newer: str  # why a newer period of this indicator has no value here; empty when it is the newest

    @property
    def against_england(self) -> str:
        """Return the comparison where England is what the place is held against."""
        return self.against if self.benchmark_of == "England" else "not compared"


@dataclass(frozen=True, eq=False)  # compared and hashed by identity, so that what is worked out of it can be kept
class Evidence:
    """All that the chapters of one locality read. Nothing mutates it."""

    place: dict
    series: pd.DataFrame  # one row per indicator and period: own value, England, region, neighbours
    peers: pd.DataFrame  # the neighbours' values at the locality's latest period
    indicators: dict[str, dict]
    sources: dict[str, dict]
    deflator: pd.Series  # index by financial year
    classification: pd.DataFrame
    early_late: pd.DataFrame  # spend.reconcile of every locality and account, in pounds, cash
    expected: pd.DataFrame  # spend_tables.given_need: this locality's spend a head beside what need lets one expect
    expected_models: dict[str, dict]  # how well need tells spend, and what it was told from
    thresholds: dict[str, dict]
    comparator_set: str
    price_base_year: str
    money: dict[str, dict] = field(default_factory=dict)  # local_money.of_place; empty where nothing is supplied
    local: dict = field(default_factory=dict)  # local_evidence.of_place; empty where the locality has no pack
    standing: pd.DataFrame = field(default_factory=pd.DataFrame)  # standing.of_all of this locality
    improved: pd.DataFrame = field(default_factory=pd.DataFrame)  # improved.of_all of this locality
    changes: dict = field(default_factory=dict)  # helpers.since: what changed since the edition before
    columns: dict = field(default_factory=dict)  # outcome_lists.three: what is done, comes of it and costs, by theme
    findings: dict = field(default_factory=dict)  # helpers.findings.document, where it has been worked out

    @property
    def name(self) -> str:
        return self.place["name"]

    @property
    def nation(self) -> str:
        """Return the nation that the place lies in; empty for a place with no public figures behind it."""
        return self.place["nation"] if self.place["region_code"] else ""

    def without(self, indicator: str) -> str:
        """Return the state of an indicator that has no row here: a key of MISSING, NOT_HERE, NO_PUBLIC or no_row."""
        if not self.nation:
            return NO_PUBLIC
        return "no_row" if self.nation in self.indicators[indicator]["nations"] else f"not_collected_in_{self.nation}"

    def standard(self, found: list[Latest]) -> str:
        """Return whom the compared ones of `found` are compared with: "England", or "Wales or the UK"; else the nation."""
        names = dict.fromkeys(c.benchmark_of for c in found if c.against != "not compared")
        return " or ".join(the(n) for n in names or [self.nation or "any nation"])

    @property
    def neighbours(self) -> list[dict]:
        return self.place["neighbours"][self.comparator_set]

    @property
    def comparator(self) -> str:
        return COMPARATORS[self.comparator_set]

    @cached_property
    def _rows(self) -> dict[str, list]:
        found: dict[str, list] = {}
        for row in _named(self.series):
            found.setdefault(row.indicator, []).append(row)
        return found

    @cached_property
    def stood(self) -> list:
        """Return the rows of `standing` as named tuples."""
        return _named(self.standing)

    def rows(self, indicator: str) -> list:
        """Return the rows of one indicator's series, oldest first, as named tuples of the columns of series.csv.

        The neighbours' columns are filled in the newest periods only; evidence.beside has all.
        """
        return self._rows.get(indicator, [])

    def present(self, indicator: str) -> list:
        """Return the rows of one indicator in which this locality has a value, oldest first."""
        return [row for row in self.rows(indicator) if row.value == row.value]

    def select(self, chapter: str, theme: str | None = None) -> list[str]:
        """Return the ids of a chapter's indicators in a theme, in the order of life stage and title."""
        stages = ["early childhood", "school age", "young adulthood", "working age", "later life", "all ages"]
        chosen = [
            (stages.index(i["life_stage"]), i["title"], key)
            for key, i in self.indicators.items()
            if i["chapter"] == chapter and theme in (None, i["theme"])
        ]
        return [key for _, _, key in sorted(chosen)]

    @once
    def latest(self, indicator: str) -> Latest:
        """Return the newest value of an indicator with its comparisons, or the state of what is missing."""
        rows, present = self.rows(indicator), self.present(indicator)
        if not present:
            status = rows[-1].status if rows else self.without(indicator)
            return Latest(
                id=indicator,
                period="",
                value=math.nan,
                lower=math.nan,
                upper=math.nan,
                interval="",
                status=status,
                england=math.nan,
                benchmark=math.nan,
                benchmark_of=rows[-1].benchmark_of if rows else self.nation,
                region=math.nan,
                median=math.nan,
                n=0,
                of=len(self.neighbours),
                against="not compared",
                coverage="",
                release_date="",
                newer="",
            )
        row, last = present[-1], rows[-1]
        return Latest(
            id=indicator,
            period=row.period,
            value=row.value,
            lower=row.lower,
            upper=row.upper,
            interval=row.interval,
            status=row.status,
            england=row.england,
            benchmark=row.benchmark,
            benchmark_of=row.benchmark_of,
            region=row.region,
            median=getattr(row, f"{self.comparator_set}_median"),
            n=int(getattr(row, f"{self.comparator_set}_n")),
            of=len(self.neighbours),
            against=row.against,
            coverage=row.coverage,
            release_date=row.release_date,
            newer="" if last is row else f"{periods.label(last.period)}: {reason(last.status)}",
        )


def the(benchmark_of: str) -> str:
    """Return the name of a benchmark as it stands in a sentence.

    >>> the("Wales"), the("UK")
    ('Wales', 'the UK')
    """
    return "the UK" if benchmark_of == "UK" else benchmark_of


def reason(status: str) -> str:
    """Return a missing state in words.

    >>> reason("suppressed")
    'suppressed by the publisher to protect people'
    >>> reason("no_row")
    'the publisher gives no row for this place'
    >>> reason("not_collected_in_Wales")
    "not collected here: the publisher's figures do not cover Wales"
    """
    others = NOT_HERE | {NO_PUBLIC: "no public figure is held for this place"}
    return (MISSING | others).get(status, "the publisher gives no row for this place")
