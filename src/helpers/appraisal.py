"""What a decision is worth, with its range: Monte Carlo net benefit, discounted, in three lanes that stay apart.

Lanes: `cashable` (money that a budget can let go of), `other public` (time and places freed, or other bodies' money)
and `social` (what people gain). Their sum is worked out only behind the table that shows each for itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError
from scipy import special, stats
from statsmodels.stats.meta_analysis import combine_effects

from . import paths, yaml_files
from .catalogue import _Record
from .schemas import DataError

LANES = ("cashable", "other public", "social")
DRAWS, SEED = 10_000, 20_141
Z90 = special.ndtri(0.95)  # a range "low to high" holds nine of ten possibilities
RATES = paths.REFERENCE / "discount_rates.csv"
REGISTER = paths.REFERENCE / "evidence.yml"
DESIGNS = ("randomised", "natural experiment", "comparison", "before-after")


@cache
def rates(kind: str = "standard") -> tuple[float, ...]:
    """Return the discount rate of each year, year 1 first, as shares. Raises DataError for an unknown kind or a gap.

    Source: data/reference/discount_rates.csv, which is dated and names the Green Book.
    """
    table = pd.read_csv(RATES)
    own = table[table["kind"] == kind].sort_values("first_year")
    if own.empty:
        raise DataError([f"{paths.shown(RATES)}: no rates of kind '{kind}'. Use: {', '.join(table['kind'].unique())}."])
    found: list[float] = []
    for row in own.itertuples():
        if row.first_year != len(found) + 1 or row.last_year < row.first_year:
            raise DataError([f"{paths.shown(RATES)}: '{kind}' has a gap or an overlap at year {row.first_year}."])
        found += [row.rate_pct / 100] * (row.last_year - row.first_year + 1)
    return tuple(found)


def factors(last: int, kind: str = "standard") -> np.ndarray:
    """Return what £1 of each year is worth today, for years 0 to `last`. Raises DataError beyond the schedule.

    >>> [round(float(factors(31)[year]), 4) for year in (0, 1, 30, 31)]
    [1.0, 0.9662, 0.3563, 0.3459]
    >>> round(float(factors(10, "health")[10]), 4)
    0.8617
    """
    known = rates(kind)
    if last > len(known):
        raise DataError([f"{paths.shown(RATES)}: '{kind}' ends at year {len(known)}; year {last} was asked for."])
    return np.concatenate([[1.0], np.cumprod(1 / (1 + np.array(known[:last])))])


@dataclass(frozen=True)
class Flow:
    """A cost or a benefit that comes in some years, in real pounds a year, with the range that holds nine in ten."""

    what: str
    kind: str  # cost or benefit
    lane: str
    who: str  # who pays a cost, or gains a benefit
    low: float
    high: float
    first: int = 0  # years from today
    last: int = 0
    proxy: str = ""  # of a social value in pounds: claimed or verified
    discount: str = "standard"
    per_outcome: bool = False  # low and high are for one more outcome, of which `simulate` is told how many there are

    def __post_init__(self):
        faults = []
        if self.kind not in ("cost", "benefit"):
            faults.append(f"flow '{self.what}': kind '{self.kind}': use cost or benefit.")
        if self.lane not in LANES:
            faults.append(f"flow '{self.what}': lane '{self.lane}': use one of: {', '.join(LANES)}.")
        if not (self.low <= self.high and 0 <= self.first <= self.last):
            faults.append(f"flow '{self.what}': low must not pass high, nor the first year the last.")
        if self.lane == "social" and self.kind == "benefit" and self.proxy not in ("claimed", "verified"):
            faults.append(f"flow '{self.what}': say whether its value in pounds is claimed or verified.")
        if faults:
            raise DataError(faults)


class Appraisal(NamedTuple):
    """What flows come to, as present values in pounds."""

    lanes: pd.DataFrame  # index lane; benefit, benefit_low, benefit_high, cost, cost_low, cost_high
    who: pd.DataFrame  # index who; net, low, high: above 0 gains, below 0 pays
    chance: dict[str, float]  # that benefits exceed costs: cashable alone, with other public, with social
    net: np.ndarray  # draws of the sum over lanes, for use behind the table of lanes
    haircut: float


def simulate(
    flows: Sequence[Flow],
    haircut: float = 0.0,
    uplift: float = 0.0,
    outcomes: tuple[float, float] = (1.0, 0.0),
    draws: int = DRAWS,
    seed: int = SEED,
) -> Appraisal:
    """Return the present value of flows by lane and by who pays and gains, and the chance that benefits exceed costs.

    Each flow is normal, with its low and high as the 5% and 95% points, and one draw holds for all its years. Against
    optimism every benefit is cut by the share `haircut`, and every cost raised by `uplift`. All costs count from the
    first step of `chance` on, also those of later lanes: a benefit in pounds must not look free. `outcomes`: how many more
    outcomes there are, and the standard error of that; one draw of it holds for all flows that are per outcome. Raises
    DataError for no flows. Ranges hold nine draws of ten.

    >>> sure = [Flow("Staff", "cost", "cashable", "Council", 100, 100),
    ...         Flow("Fewer placements", "benefit", "cashable", "Council", 150, 150, 1, 1)]
    >>> found = simulate(sure, haircut=0.2)
    >>> found.lanes.loc["cashable", ["benefit", "cost"]].round(2).tolist()  # 150 x .8 / 1.035
    [115.94, 100.0]
    """
    if not flows:
        raise DataError(["appraisal: nothing to appraise: no cost and no benefit is given."])
    random = np.random.default_rng(seed)
    worth = np.array([factors(f.last, f.discount)[f.first :].sum() for f in flows])
    low, high = (np.array([getattr(f, end) for f in flows], float) for end in ("low", "high"))
    sums = (low + high) / 2 + (high - low) / (2 * Z90) * random.standard_normal((draws, len(flows)))
    more = outcomes[0] + outcomes[1] * random.standard_normal(draws)
    sums = np.where([f.per_outcome for f in flows], sums * more[:, None], sums)
    benefit = np.array([f.kind == "benefit" for f in flows])
    values = sums * worth * np.where(benefit, 1 - haircut, 1 + uplift)

    def spread(chosen: np.ndarray, signs=1.0) -> list[float]:
        total = (values * signs)[:, chosen].sum(axis=1)
        return [float(total.mean()), *(float(q) for q in np.quantile(total, [0.05, 0.95]))]

    lane = np.array([f.lane for f in flows])
    rows = [[*spread((lane == name) & benefit), *spread((lane == name) & ~benefit)] for name in LANES]
    columns = ["benefit", "benefit_low", "benefit_high", "cost", "cost_low", "cost_high"]
    signs = np.where(benefit, 1.0, -1.0)
    people = list(dict.fromkeys(f.who for f in flows))
    who = [spread(np.array([f.who == name for f in flows]), signs) for name in people]
    costs, gained, chance = values[:, ~benefit].sum(axis=1), np.zeros(draws), {}
    for name in LANES:
        gained = gained + values[:, (lane == name) & benefit].sum(axis=1)
        chance[name] = float(np.mean(gained > costs))
    return Appraisal(
        pd.DataFrame(rows, index=LANES, columns=columns),
        pd.DataFrame(who, index=people, columns=["net", "low", "high"]),
        chance,
        gained - costs,
        haircut,
    )


def acceptability(effect: np.ndarray, cost: np.ndarray, ceilings: Sequence[float]) -> pd.DataFrame:
    """Return for each ceiling (the most one would pay for one more outcome, £) the chance that it is worth its cost.

    `effect`: draws of more outcomes for a person, in natural units; `cost`: draws of more cost, £. Columns: ceiling,
    chance. Source: van Hout and others (1994), Health Economics 3, 309-319.

    >>> acceptability(np.array([0.1, 0.2, 0.3]), np.array([100.0, 100.0, 100.0]), [0, 400, 600])["chance"].round(2).tolist()
    [0.0, 0.33, 0.67]
    """
    effect, cost = np.asarray(effect, float), np.asarray(cost, float)
    chance = [float(np.mean(ceiling * effect - cost > 0)) for ceiling in ceilings]
    return pd.DataFrame({"ceiling": list(ceilings), "chance": chance})


def evpi(mean: float, sd: float) -> float:
    """Return what certainty would be worth for one client: the mean loss of a choice between doing it and not.

    s (phi(z) - z (1 - Phi(z))), z = |m| / s. Source: Raiffa and Schlaifer (1961), Applied Statistical Decision Theory.

    >>> round(evpi(0, 1), 4), round(evpi(-100, 100), 3), evpi(5, 0)
    (0.3989, 8.332, 0.0)
    """
    if sd <= 0:
        return 0.0
    z = abs(mean) / sd
    return float(sd * (stats.norm.pdf(z) - z * stats.norm.sf(z)))


def evsi(mean: float, sd: float, sampling_sd: float, n: float) -> float:
    """Return what a trial of `n` people would be worth for one client: evpi with the spread that the trial can remove.

    `sampling_sd`: what one person adds to the trial's error, so that its standard error is sampling_sd / sqrt(n); in
    two equal arms that is twice the standard deviation between people. Never more than evpi.

    >>> evsi(0, 1, 1, 0), round(evsi(0, 1, 1, 1e9), 4), round(evsi(0, 1, 1, 1), 4)
    (0.0, 0.3989, 0.2821)
    """
    if n <= 0 or sd <= 0:
        return 0.0
    return evpi(mean, sd**2 / math.sqrt(sd**2 + sampling_sd**2 / n))


def enbs(mean: float, sd: float, sampling_sd: float, n: float, clients: float, cost: float) -> float:
    """Return the expected net benefit of a trial in pounds: its worth over all future clients, less its cost.

    >>> round(enbs(0, 100, 1000, 100, 500, 10_000))
    4105
    """
    return clients * evsi(mean, sd, sampling_sd, n) - cost


class Elsewhere(NamedTuple):
    """What studies elsewhere found together, and what to expect in a place that was in none of them."""

    mean: float
    lower: float
    upper: float  # 95% interval of the mean
    new_lower: float
    new_upper: float  # 95% prediction interval for a new place
    tau2: float
    studies: int


def elsewhere(effects: Sequence[float], standard_errors: Sequence[float], level: float = 0.95) -> Elsewhere:
    """Return the random-effects mean and the interval in which the effect in a new place is expected.

    A new place is not the mean of the others: its interval is wider, by how far places differ. DerSimonian and Laird's
    tau², Student's t with k - 2 degrees of freedom. Raises ValueError below 3 studies: no such interval exists.
    Source: Higgins, Thompson and Spiegelhalter (2009), J. Royal Statistical Society A 172, 137-159.

    >>> found = elsewhere([0.1, 0.3, 0.5], [0.1, 0.1, 0.1])
    >>> round(found.mean, 2), found.new_lower < found.lower
    (0.3, True)
    """
    if len(effects) < 3:
        raise ValueError(f"What to expect in a new place needs 3 studies; there are {len(effects)}.")
    errors = np.asarray(standard_errors, float)
    found = combine_effects(np.asarray(effects, float), errors**2, method_re="dl")
    tau2 = max(float(found.tau2), 0.0)
    error, z = 1 / math.sqrt(np.sum(1 / (errors**2 + tau2))), stats.norm.ppf(0.5 + level / 2)
    mean = float(np.sum(np.asarray(effects) / (errors**2 + tau2)) * error**2)
    inner, outer = z * error, stats.t.ppf(0.5 + level / 2, len(effects) - 2) * math.sqrt(tau2 + error**2)
    limits = (float(mean + reach) for reach in (-inner, inner, -outer, outer))
    return Elsewhere(mean, *limits, tau2, len(effects))


class Study(_Record):
    """One effect that somebody has read in a study."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    study: str = Field(min_length=10)
    link: str = Field(pattern=r"^https://")
    design: str
    country: str
    year: int
    programme: str
    outcome: str
    effect: float
    lower: float
    upper: float
    units: str
    licence: str
    checked: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")


def register(path=REGISTER) -> list[Study]:
    """Return the effects in the evidence register. Raises DataError for an entry that is incomplete or impossible."""
    entries = (yaml_files.read(path) or {}).get("studies") or []
    found, faults = [], []
    for number, entry in enumerate(entries, 1):
        where = f"{paths.shown(path)}: study {number}"
        try:
            study = Study(**entry)
        except ValidationError as error:
            faults += [f"{where}: key '{'.'.join(map(str, f['loc']))}': {f['msg']}." for f in error.errors()]
            continue
        if study.design not in DESIGNS:
            faults.append(f"{where}: design '{study.design}' is not known. Use one of: {', '.join(DESIGNS)}.")
        if not study.lower <= study.effect <= study.upper:
            faults.append(f"{where}: the effect lies outside its own interval.")
        found.append(study)
    faults += [f"{paths.shown(path)}: id '{i}' stands twice." for i in {s.id for s in found if found.count(s) > 1}]
    if faults:
        raise DataError(faults)
    return found
