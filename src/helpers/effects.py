"""What a programme changed, beside a comparison group, how surely that is known, and what an outcome cost.

Plain arrays in, named tuples out. Effects are turned so that a positive one is good. What may be said of an effect
depends on the level of evidence, and that is what the data bear out, never only what is claimed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special, stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.tools.sm_exceptions import PerfectSeparationError

NAN = float("nan")
NORMAL_95 = float(special.ndtri(0.975))
LEAST_ARM = 30  # people with a measure before and after, in each group
APART = 0.25  # standard deviations between groups, beyond which they are not alike (What Works Clearinghouse)
SLIM = 0.05  # a chance of being helped below this, or above 1 less this, has hardly anybody to be compared with
MOST_SLIM = 0.10  # of the people
MOST_LOST, MOST_LOST_APART = 0.30, 0.10  # of a randomised trial: lost in all, and more in one group
RELIABILITY = 0.7  # of a measure, where it is not known: what many questionnaires reach
CHOSEN_FOR_SCORE = 0.5  # standard deviations from the mean of those who could have been chosen

DESIGNS = {"none": 1, "before-after": 2, "comparison": 3, "natural experiment": 4, "randomised": 5}
LEVELS = {
    1: "no usable measure before and after",
    2: "a measure before and after, and nobody to compare with",
    3: "a comparison group, made alike by adjustment",
    4: "a natural experiment: groups alike without anybody having chosen them",
    5: "a randomised trial",
}
PHRASES = {1: "reported", 2: "was followed by", 3: "is consistent with", 4: "led to", 5: "led to"}


class Interval(NamedTuple):
    """A value with its 95% limits."""

    value: float
    lower: float
    upper: float


class Effect(NamedTuple):
    """An adjusted difference between those helped and those compared with, or why there is none."""

    value: float
    error: float
    lower: float
    upper: float
    helped: int
    compared: int
    apart: float  # the largest standardised difference between the groups after weighting
    apart_raw: float  # and before
    slim: float  # the share of people with hardly anybody to be compared with
    why: str = ""


def _none(why: str, helped: int = 0, compared: int = 0) -> Effect:
    return Effect(*[NAN] * 4, helped, compared, NAN, NAN, NAN, why)


def adjusted(outcome, helped, covariates) -> Effect:
    """Return the mean effect over all people, by augmented inverse probability weighting (AIPW).

    `outcome`: high is good, nan where it was not measured; `helped`: true or false; `covariates`: people x columns,
    known before the help began. Right where either the model of who was helped or that of the outcome is right, and
    where nothing else told the groups apart. People without an outcome, or with a gap in a covariate, are left out.
    Source: statsmodels' TreatmentEffect; Cattaneo (2010), Journal of Econometrics 155, 138-154.
    """
    from statsmodels.discrete.discrete_model import Logit  # these take long to load, and only packs need them
    from statsmodels.regression.linear_model import OLS
    from statsmodels.treatment.treatment_effects import TreatmentEffect

    outcome, helped = np.asarray(outcome, float), np.asarray(helped, bool)
    covariates = np.asarray(covariates, float).reshape(len(outcome), -1)
    whole = ~np.isnan(outcome) & ~np.isnan(covariates).any(axis=1)
    y, t, x = outcome[whole], helped[whole].astype(int), covariates[whole]
    if min(t.sum(), (1 - t).sum()) < LEAST_ARM:
        why = f"fewer than {LEAST_ARM} people with all measures in one of the groups"
        return _none(why, int(t.sum()), int((1 - t).sum()))
    x = x[:, x.std(axis=0) > 0]
    design = np.column_stack([np.ones(len(y)), (x - x.mean(axis=0)) / x.std(axis=0)])
    try:
        selection = Logit(t, design).fit(disp=0, maxiter=100)
        chance = selection.predict()
        converged = selection.mle_retvals["converged"]
    except (np.linalg.LinAlgError, PerfectSeparationError):
        converged = False
    if not converged or not (np.abs(chance - 0.5) < 0.5 - 1e-6).all():
        return _none("the groups do not overlap: who was helped can be told from their scores", int(t.sum()))
    if min(np.ptp(y[t == g]) for g in (0, 1)) == 0:
        return _none("everybody in one of the groups has the same measure", int(t.sum()), int((1 - t).sum()))
    slim = float(np.mean((chance < SLIM) | (chance > 1 - SLIM)))
    found = TreatmentEffect(OLS(y, design), t, results_select=selection).aipw(return_results=True)
    value, error = float(np.ravel(found.effect)[0]), float(np.ravel(found.results_gmm.bse)[0])
    half = NORMAL_95 * error
    weight = np.where(t == 1, 1 / chance, 1 / (1 - chance))
    sizes = int(t.sum()), int((1 - t).sum())
    return Effect(value, error, value - half, value + half, *sizes, apart(x, t, weight), apart(x, t), slim)


def apart(covariates, helped, weight=None) -> float:
    """Return the largest standardised difference between two groups over the columns, in standard deviations."""
    x, t = np.asarray(covariates, float), np.asarray(helped, bool)
    weight = np.ones(len(t)) if weight is None else weight
    means = [np.average(x[g], axis=0, weights=weight[g]) for g in (t, ~t)]
    sd = np.sqrt((x[t].var(axis=0, ddof=1) + x[~t].var(axis=0, ddof=1)) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.abs(means[0] - means[1]) / sd
    return float(np.nanmax(found, initial=0.0))


class Level(NamedTuple):
    """The level of evidence: claimed, borne out by the data, shown (the lower of the two), and why."""

    claimed: float
    shown: int
    why: str


def level(claimed: float, design: str, pairs: int, effect: Effect, lost: tuple[float, float], how: str) -> Level:
    """Return the level of evidence from 1 to 5 that may be shown.

    `claimed`: nan where none is; `design`: a key of DESIGNS; `pairs`: people helped with a measure before and after;
    `lost`: shares without a measure afterwards among those helped and those compared with; `how`: how the comparison
    group was chosen, as text. Raises KeyError for an unknown design.

    >>> level(4, "comparison", 200, _none("no comparison group"), (0.1, 0.0), "").shown
    2
    """
    best, why = DESIGNS[design], f"its design is stated as {design}"
    if pairs < LEAST_ARM and best > 1:
        best, why = 1, f"fewer than {LEAST_ARM} people have a measure before and after"
    elif best > 2 and effect.value != effect.value:
        best, why = 2, effect.why
    elif best > 2 and (effect.apart > APART or effect.slim > MOST_SLIM):
        best, why = 2, "after adjustment the two groups are still not alike"
    elif best == 5 and (max(lost) > MOST_LOST or abs(lost[0] - lost[1]) > MOST_LOST_APART):
        best, why = 3, "too many people of the trial were lost, or more of one group than of the other"
    elif best > 3 and effect.apart_raw > APART:
        best, why = 3, "the two groups were not alike before any adjustment"
    elif best == 4 and not how:
        best, why = 3, "it is not said what made the groups alike"
    if claimed == claimed and claimed <= best:
        return Level(claimed, int(claimed), "" if claimed == best else "it claims less than its data would bear out")
    return Level(claimed, best, why)


def before_after(before, after, everyone=None, better: str = "high", reliability: float = RELIABILITY):
    """Return (change of those measured twice, why it may not be shown); good is positive. Describes, explains nothing.

    Refused where people were chosen because their score was bad: scores that start extreme move back to the middle
    with no programme at all. The worst tenth, on a measure of reliability .7, improves by .53 standard deviations.
    `everyone`: the scores before of all who could have been chosen, where known.
    """
    before, after = np.asarray(before, float), np.asarray(after, float)
    sign = 1 if better == "high" else -1
    both = ~np.isnan(before) & ~np.isnan(after)
    change = sign * (after - before)[both]
    if len(change) < LEAST_ARM:
        return Interval(NAN, NAN, NAN), f"fewer than {LEAST_ARM} people have a measure before and after"
    if everyone is not None:
        worse = -sign * chosen_for_score(before, everyone)
        if worse >= CHOSEN_FOR_SCORE:
            back = by_itself(worse, reliability)
            return Interval(NAN, NAN, NAN), (
                f"those who started were chosen because their score was bad ({worse:.1f} standard deviations worse than"
                f" that of all who could have been). Such scores get better by some {back:.2f} standard deviations with"
                " no programme at all"
            )
    half = stats.t.ppf(0.975, len(change) - 1) * change.std(ddof=1) / np.sqrt(len(change))
    return Interval(float(change.mean()), float(change.mean() - half), float(change.mean() + half)), ""


def chosen_for_score(chosen, everyone) -> float:
    """Return how far the mean score of those chosen lies from that of everyone, in standard deviations of everyone."""
    chosen, everyone = (np.asarray(x, float)[~np.isnan(np.asarray(x, float))] for x in (chosen, everyone))
    sd = everyone.std(ddof=1) if len(everyone) > 1 else 0.0
    return float((chosen.mean() - everyone.mean()) / sd) if sd > 0 and len(chosen) else 0.0


def by_itself(distance: float, reliability: float = RELIABILITY) -> float:
    """Return how far a group at a distance from the mean moves back by itself (regression to the mean).

    >>> tenth = stats.norm.pdf(stats.norm.ppf(0.1)) / 0.1  # how far the worst tenth lies from the mean, in sd
    >>> round(float(by_itself(tenth)), 2)
    0.53
    """
    return (1 - reliability) * distance


def reach(reached: tuple[int, int], others: tuple[int, int]) -> Interval:
    """Return the reach ratio: the share of those with most need among people reached, over their share of all.

    `reached`: (people with most need who were reached, all who were eligible); `others`: the same of the rest. 1: they
    are reached as everyone is; below 1: less. What share of all has most need is taken as known.
    Source: the interval of a ratio of two proportions by logs, with a half added to each count (statsmodels), carried over.

    >>> r = reach((50, 100), (300, 500))
    >>> [round(x, 2) for x in r]
    [0.86, 0.72, 1.02]
    """
    (a, n), (b, m) = reached, others
    if not n or not m or a + b == 0:
        return Interval(NAN, NAN, NAN)
    part = n / (n + m)
    value = (a / (a + b)) / part
    low, high = confint_proportions_2indep(b, m, a, n, compare="ratio", method="log-adjusted")
    return Interval(value, float(1 / (part + (1 - part) * high)), float(1 / (part + (1 - part) * low)))


def cost_per_outcome(cost: float, people: int, share: Interval) -> Interval:
    """Return pounds for each outcome; the upper limit is inf where it may be that there was no outcome at all.

    `share`: outcomes for each of the `people`, with limits; a difference between two groups gives the cost of each
    additional outcome.

    >>> [round(x) for x in cost_per_outcome(100_000, 200, Interval(0.25, 0.20, 0.30))]
    [2000, 1667, 2500]
    >>> cost_per_outcome(100_000, 200, Interval(0.1, -0.05, 0.25)).upper
    inf
    """

    def pounds(part: float) -> float:
        return cost / (people * part) if part > 0 else float("inf")

    if not cost > 0 or not people or share.value != share.value:
        return Interval(NAN, NAN, NAN)
    return Interval(pounds(share.value), pounds(share.upper), pounds(share.lower))


def proportion(count: int, of: int) -> Interval:
    """Return a share with Wilson's interval."""
    low, high = proportion_confint(count, of, method="wilson") if of else (NAN, NAN)
    return Interval(count / of if of else NAN, float(low), float(high))


def chance_above(effect: Effect, size: float = 0.0) -> float:
    """Return the chance that the true effect is above a size, taking its error as normal and nothing known before."""
    return float(special.ndtr((effect.value - size) / effect.error)) if effect.error > 0 else NAN
