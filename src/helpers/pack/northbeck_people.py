"""The people, claims and costs of the programmes of Northbeck, a place that does not exist.

What is true of each programme is planted here, so that an analysis has a right answer to be held to. Nothing in this
module is a finding about anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special, stats

YEARS = ("2023-24", "2024-25")
HIGH, LOW = 56.0, 46.0  # need scores from which need is high, and below which it is low
MEAN_NEED, SD_NEED = 50.0, 10.0
CLAIMED_AT = 12  # the score from which an outcome is claimed where no payment line is set
NOISE = 5.0  # of the measure, standard deviation


@dataclass(frozen=True)
class Truth:
    """What is planted in one programme. The measure is a stress score from 0 to 40; low is good."""

    programme: str
    offered: int
    compared: int = 0
    chance_referred: float = 0.8
    chance_started: float = 0.65
    chance_completed: float = 0.75
    started_by_need: float = 0.0  # change in the log odds of starting for each standard deviation of need
    referred_if_high: float | None = None  # chance of being referred with high need, where it differs
    started_if_high: float | None = None
    effect: float = 0.0  # points of the measure that taking part changes, good is positive
    effect_by_third: tuple[float, float, float] | None = None  # least, middle, most need: parking
    trend: float = 0.0  # points by which everybody changes in any case
    moved_to_line: float = 0.0  # share of those one or two points short of the line that is written down as at it
    rounded: float = 0.0  # share of scores rounded to a multiple of five
    lost: float = 0.10  # share without a measure afterwards
    line: float | None = None
    stands: float = 1.0  # share of claims that an audit would confirm
    of_cap: float = 0.7  # claims over the most that could be paid for
    audited: int = 0  # claims that each provider has checked in a year, at most
    providers: int = 1
    low_provider: float = 0.0  # points by which the tenth provider falls short of the others
    harder_cases: float = 0.0  # by how much more need the people of the third provider have, in points of the score
    tiny_provider: bool = False  # is the last provider one with three people, none with a good outcome?
    chosen_below: float | None = None  # only the share with the worst scores starts
    cost: tuple[int, ...] = ()  # pounds of each year
    randomised: bool = False
    flags: tuple[str, ...] = ()  # checks of helpers.checks that must raise a flag
    level: int = 1  # of evidence that the data bear out


TRUTHS = {
    t.programme: t
    for t in (
        Truth(
            "result-contract",
            offered=2200,
            compared=700,
            started_by_need=-0.5,
            effect_by_third=(4.0, 2.0, 0.0),
            moved_to_line=0.5,
            line=15,
            stands=0.7,
            of_cap=0.99,
            audited=16,
            providers=12,
            cost=(780_000, 810_000),
            flags=("creaming_enrolled", "parking", "bunching", "over_claiming", "at_cap"),
            level=3,
        ),
        Truth(
            "kitchen-table",
            offered=1700,
            compared=700,
            started_if_high=0.75,
            chance_started=0.6,
            effect=3.0,
            line=17,
            stands=0.99,
            audited=12,
            providers=12,
            low_provider=6.0,
            harder_cases=18.0,
            tiny_provider=True,
            cost=(240_000, 260_000),
            level=3,
        ),
        Truth(
            "fair-draw",
            offered=420,
            compared=420,
            chance_referred=1.0,
            chance_started=0.85,
            effect=3.0,
            trend=0.5,
            cost=(150_000, 155_000),
            randomised=True,
            level=5,
        ),
        Truth("fresh-page", offered=600, chosen_below=0.15, effect=0.0, cost=(50_000, 52_000), level=2),
        Truth("open-door", offered=260, effect=0.0, trend=1.5, rounded=0.4, cost=(30_000, 30_000), flags=("heaping",), level=2),
        Truth("saturday-table", offered=16, cost=(4_000, 4_500), level=1),
    )
}  # fmt: skip


def people(truth: Truth, random: np.random.Generator) -> pd.DataFrame:
    """Return the rows of table participants of one programme, without pseudonyms, drawn as `truth` says."""
    n = truth.offered + truth.compared
    frame = pd.DataFrame(
        {"programme": truth.programme, "arm": np.repeat(["programme", "comparison"], [truth.offered, truth.compared])}
    )
    offered = (frame["arm"] == "programme").to_numpy()
    # comparison groups that nobody drew by lot differ a little in need, so that adjustment has something to do
    shift = 0.0 if truth.randomised else -3.0
    frame["provider"] = _providers(truth, random, n)
    harder = truth.harder_cases * frame["provider"].str.endswith("-03").to_numpy()
    need = np.round(random.normal(MEAN_NEED, SD_NEED, n) + np.where(offered, 0.0, shift) + harder, 0)
    frame["need_score"] = need
    frame["need_band"] = np.select([need >= HIGH, need < LOW], ["high", "low"], "medium")
    frame["year"] = random.choice(YEARS, n)
    stress = 18 + 0.2 * (need - MEAN_NEED) + random.normal(0, NOISE, n)  # what the person truly lives with
    frame["baseline"] = _score(stress + random.normal(0, 3, n))
    frame["eligible"] = "yes"
    high = need >= HIGH
    referred = random.random(n) < np.where(
        high & (truth.referred_if_high is not None), truth.referred_if_high or 0, truth.chance_referred
    )
    log_odds = special.logit(truth.chance_started) + truth.started_by_need * (need - MEAN_NEED) / SD_NEED
    chance = np.where(high & (truth.started_if_high is not None), truth.started_if_high or 0, special.expit(log_odds))
    started = referred & (random.random(n) < chance)
    if truth.chosen_below is not None:
        started = (frame["baseline"] >= np.quantile(frame["baseline"], 1 - truth.chosen_below)).to_numpy()
        referred = started
    completed = started & (random.random(n) < truth.chance_completed)
    for name, passed in (("referred", referred), ("enrolled", started), ("completed", completed)):
        frame[name] = np.where(offered & passed, "yes", "no")
    after = _afterwards(truth, frame, stress, need, offered & started, random)
    after[random.random(n) < truth.lost] = np.nan
    if not truth.randomised:
        after[offered & ~started] = np.nan  # nobody measures those who never started
    frame["follow_up"] = after
    return _claims_of(truth, frame, random)


def _providers(truth: Truth, random: np.random.Generator, n: int) -> np.ndarray:
    """Return a provider for each person; a tiny one takes nobody yet."""
    many = truth.providers - truth.tiny_provider
    return np.array([f"{truth.programme}-{k + 1:02d}" for k in random.integers(0, many, n)])


def _score(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 40)


def _afterwards(truth: Truth, frame, stress, need, helped, random) -> np.ndarray:
    effect = np.full(len(frame), truth.effect)
    if truth.effect_by_third is not None:
        thirds = np.quantile(need[helped], [1 / 3, 2 / 3])
        effect = np.array(truth.effect_by_third)[np.searchsorted(thirds, need, side="left")]
    if truth.low_provider:
        effect = effect - truth.low_provider * frame["provider"].str.endswith("-10").to_numpy()
    after = _score(stress - truth.trend - np.where(helped, effect, 0.0) + random.normal(0, 3, len(frame)))
    if truth.moved_to_line:
        short = (
            helped
            & (after > truth.line)
            & (after <= truth.line + 2)
            & (random.random(len(frame)) < truth.moved_to_line)
        )
        after[short] = truth.line
    if truth.rounded:
        for values in (after, None):
            chosen = random.random(len(frame)) < truth.rounded
            if values is None:
                frame.loc[chosen, "baseline"] = 5 * np.round(frame.loc[chosen, "baseline"] / 5)
            else:
                values[chosen] = 5 * np.round(values[chosen] / 5)
    return after


def _claims_of(truth: Truth, frame: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return the people with what was claimed for them, and what a check of it found."""
    started = frame["enrolled"] == "yes"
    if truth.tiny_provider:  # three people, none of whom got better
        three = frame.index[started & (frame["follow_up"] > frame["baseline"]) & (frame["follow_up"] > truth.line)][:3]
        frame.loc[three, "provider"] = f"{truth.programme}-{truth.providers:02d}"
    reached = started & (frame["follow_up"] <= (truth.line if truth.line is not None else CLAIMED_AT))
    frame["outcome_claimed"] = np.where(reached, "yes", "no")
    frame["outcome_verified"] = "not checked"
    if not truth.audited:
        return frame
    for _, claimed in frame[reached].groupby(["provider", "year"]):
        drawn = random.permutation(claimed.index)[: truth.audited]
        stood = random.random(len(drawn)) < truth.stands
        frame.loc[drawn, "outcome_verified"] = np.where(stood, "yes", "no")
    return frame


def claims(truth: Truth, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of table claims that belong to the people of a programme; none without an audit."""
    out = []
    offered = rows[rows["arm"] == "programme"] if truth.audited else rows.iloc[:0]
    for (provider, year), part in offered.groupby(["provider", "year"]):
        claimed = int((part["outcome_claimed"] == "yes").sum())
        checked = part["outcome_verified"] != "not checked"
        out.append(
            {
                "programme": truth.programme,
                "provider": provider,
                "period": year,
                "claimed": claimed,
                "cap": max(round(claimed / truth.of_cap), claimed),
                "audit_sample": int(checked.sum()),
                "audit_confirmed": int((part["outcome_verified"] == "yes").sum()),
                "paid_gbp": 400 * claimed,
            }
        )
    return pd.DataFrame(out)


def right_answers(truth: Truth) -> dict[str, float]:
    """Return what analyses of one programme should find, within their intervals; what has no answer is left out."""
    out: dict[str, float] = {"level": truth.level}
    if truth.randomised:  # everybody who was drawn counts, and some never came
        out["effect"] = truth.effect * truth.chance_started
    elif truth.compared and truth.effect_by_third is None:
        out["effect"] = truth.effect - truth.low_provider / (truth.providers - truth.tiny_provider)
    if truth.started_if_high is not None:
        part = 1 / (truth.providers - truth.tiny_provider)  # of the people, who are with the third provider
        cut = HIGH - 0.5 - MEAN_NEED  # scores are whole numbers
        high = float(
            (1 - part) * stats.norm.sf(cut / SD_NEED) + part * stats.norm.sf((cut - truth.harder_cases) / SD_NEED)
        )
        out["reach"] = truth.started_if_high / (high * truth.started_if_high + (1 - high) * truth.chance_started)
    if truth.audited:
        out["stands"] = truth.stands
    if truth.offered > 100:
        out["lost"] = truth.lost
    return out


def clean(truth: Truth) -> Truth:
    """Return the same programme with nothing bent: for tests of false alarms."""
    return replace(
        truth, started_by_need=0.0, effect_by_third=None, moved_to_line=0.0, rounded=0.0, stands=0.99, of_cap=0.7,
        started_if_high=None, referred_if_high=None, flags=(),
    )  # fmt: skip
