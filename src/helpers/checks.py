"""Tests of whether paying for results has bent a programme: each gives a statistic, its interval and a verdict.

Here are the tests of scores and claims; those of who is left out are in helpers.need_checks.

Plain arrays in, a Check out. Every statistic is turned so that a high one is the worrying side. `judge` gives the
verdicts of all checks of one programme together, so that many checks do not make false alarms:

    no sign      the interval lies below the size that would matter
    flag         the test stands after Holm's adjustment over the checks of the programme (5%)
    cannot tell  neither; or there was too little to test

A flag is a question to put to the provider. It is no finding of wrongdoing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

NAN = float("nan")
FALSE_ALARM = 0.05  # chance of one flag or more in a programme where nothing is wrong
LEAST_GROUP = 20  # people on each side, below which two groups are not compared
LEAST_NEAR_LINE = 300  # people near the payment line
MATTERS_SD = 0.2  # standard deviations: what is often called a small difference (Cohen 1988)
MATTERS_BUNCHING = 1.25  # people just over the line for each one expected there
MATTERS_WHIPPLE = 110  # the United Nations' limit of "fairly accurate" data
TOLERATED_UNCONFIRMED = 0.05  # of claims in a random audit
TOLERATED_LOST = 0.20  # of those who started, without a measure afterwards
NEAR_CAP = 0.98  # claims over the most that could be paid for


@dataclass(frozen=True)
class Check:
    """What one test found. `p` is one-sided: how likely is so high a statistic with nothing wrong? nan: not tested."""

    id: str
    statistic: float
    lower: float
    upper: float
    p: float
    n: int  # people, claims or values that it rests on
    matters: float  # the size of the statistic that would matter
    why: str = ""  # why it could not be tested
    verdict: str = "cannot tell"


def too_few(check: str, why: str, n: int = 0, matters: float = NAN) -> Check:
    """Return a check that could not be made, and why."""
    return Check(check, NAN, NAN, NAN, NAN, n, matters, why)


def judge(checks: list[Check], false_alarm: float = FALSE_ALARM) -> list[Check]:
    """Return the checks of one programme with their verdicts.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70: with nothing wrong anywhere, the chance of one
    flag or more is at most `false_alarm`, however the checks depend on one another.

    >>> two = [Check("a", 0.4, 0.2, 0.6, 0.001, 300, 0.2), Check("b", 0.02, -0.1, 0.14, 0.4, 300, 0.2)]
    >>> [c.verdict for c in judge(two)]
    ['flag', 'no sign']
    """
    adjusted = holm([c.p for c in checks])
    out = []
    for i, check in enumerate(checks):
        if check.upper == check.upper and check.upper < check.matters:
            out.append(replace(check, verdict="no sign"))
        elif adjusted[i] < false_alarm:
            out.append(replace(check, verdict="flag"))
        else:
            out.append(check)
    return out


def holm(p: list[float]) -> list[float]:
    """Return p values after Holm's adjustment; nan stays nan, and does not count. As statsmodels' multipletests.

    >>> holm([0.01, float("nan"), 0.04, 0.03])
    [0.03, nan, 0.06, 0.06]
    """
    out, largest = list(p), 0.0
    order = sorted((i for i, value in enumerate(p) if value == value), key=lambda i: p[i])
    for done, i in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - done) * p[i]))
        out[i] = largest
    return out


def grain(values) -> float:
    """Return the smallest step of a measure: 1 for whole numbers, otherwise a power of ten; nan when finer than .001.

    >>> grain([3, 4, 11]), grain([2.5, 3.0])
    (1.0, 0.1)
    """
    values = np.asarray(values, float)
    values = values[~np.isnan(values)]
    for step in (1.0, 0.1, 0.01, 0.001):
        if np.allclose(values / step, np.round(values / step), atol=1e-6):
            return step
    return NAN


def bunching(measure, line: float, better: str) -> Check:
    """Return how many people end just over the payment line for each one that a smooth spread would put there.

    A local binomial test: of the people in a window around the line, how many lie on the side that is paid for? A
    spread that rises or falls through the line would tilt that share by itself; the two windows further out tell how
    much, and what they tell has its own uncertainty. The window is the narrowest with 300 people. `better`: "high" or
    "low"; a measure that is exactly at the line counts as over it.
    Source: after Cattaneo, Jansson and Ma (2020), JASA 115, 1449-1455 (local tests at a cut-off); the tilt as in a
    Poisson regression of four equal bins with a slope and a jump.
    """
    values = np.asarray(measure, float)
    values = values[~np.isnan(values)]
    if line != line:
        return too_few("bunching", "no payment line is given", len(values), MATTERS_BUNCHING)
    if len(values) < LEAST_NEAR_LINE:
        return too_few("bunching", f"fewer than {LEAST_NEAR_LINE} people near the line", len(values), MATTERS_BUNCHING)
    sign = 1 if better == "high" else -1
    step = grain(values)
    width = step if step == step else np.std(values) / 20
    past = sign * (values - line) / width + 0.5  # above 0: paid for
    widest = max(int(0.75 * np.std(values) / width), 1)
    for h in range(1, widest + 1):
        near = int((np.abs(past) < h).sum())
        if near >= LEAST_NEAR_LINE:
            break
    else:
        return too_few("bunching", f"fewer than {LEAST_NEAR_LINE} people near the line", near, MATTERS_BUNCHING)
    edges = np.array([-2 * h, -h, 0, h, 2 * h], float)
    far_short, short, over, far_over = np.histogram(past, edges)[0]
    if min(far_short, short, over, far_over) < LEAST_GROUP:
        return too_few("bunching", "too few people to each side of the line", near, MATTERS_BUNCHING)
    log = np.log(over / short) - np.log(far_over / far_short) / 3
    error = np.sqrt(1 / over + 1 / short + (1 / far_over + 1 / far_short) / 9)
    half = stats.norm.ppf(0.975) * error
    p = float(stats.norm.sf(log / error))
    return Check("bunching", *map(float, np.exp([log, log - half, log + half])), p, near, MATTERS_BUNCHING)


def whipple(values) -> float:
    """Return Whipple's index of whole numbers: 100 with no taste for numbers ending in 0 or 5, 500 with nothing else.

    Source: Shryock and Siegel (1976), The Methods and Materials of Demography; there for ages 23 to 62.

    >>> whipple(range(23, 63)), whipple([25, 30, 35, 60])
    (100.0, 500.0)
    """
    values = np.asarray(values, float)
    return float(500 * np.mean(values % 5 == 0))


def heaping(*scores, line: float = NAN) -> Check:
    """Return Whipple's index of scores in whole numbers, of one or more measurements (before, after).

    Only whole fives count, each with its multiple of five in the middle (13 to 17, for one), so that a slope does not
    tilt the index: fives at the ends of a measurement are left out, since people may be let in from a score of 25 on.
    So are those next to the payment line: bunching is another matter, with a test of its own.
    """
    kept = []
    for one in scores:
        one = np.asarray(one, float)
        one = one[~np.isnan(one)]
        if len(one) and grain(one) != 1:
            return too_few("heaping", "the measure is not in whole numbers", len(one), MATTERS_WHIPPLE)
        if len(one) and np.subtract(*np.quantile(one, [0.9, 0.1])) >= 10:
            five = np.floor((one + 2) / 5)
            whole = (5 * five - 2 >= one.min()) & (5 * five + 2 <= one.max())
            apart = (five < np.floor(line / 5)) | (five > np.floor((line + 4) / 5)) if line == line else True
            kept.append(one[whole & apart])
    values = np.concatenate(kept) if kept else np.array([])
    if len(values) < 5 * LEAST_GROUP:
        return too_few("heaping", "too few scores, or all within ten of one another", len(values), MATTERS_WHIPPLE)
    round_ones = int((values % 5 == 0).sum())
    low, high = proportion_confint(round_ones, len(values), method="wilson")
    p = stats.binomtest(round_ones, len(values), 0.2, alternative="greater").pvalue
    return Check("heaping", whipple(values), 500 * low, 500 * high, float(p), len(values), MATTERS_WHIPPLE)


def over_claiming(sample: int, confirmed: int) -> Check:
    """Return the share of claims in a random audit that did not stand, with Clopper and Pearson's exact interval.

    Source: Clopper and Pearson (1934), Biometrika 26, 404-413. Raises ValueError for more confirmed than drawn.

    >>> c = over_claiming(25, 20)
    >>> round(c.statistic, 2), round(c.lower, 3), round(c.upper, 3)
    (0.2, 0.068, 0.407)
    """
    if not 0 <= confirmed <= sample:
        raise ValueError(f"{confirmed} of {sample} claims cannot be confirmed.")
    if not sample:
        return too_few("over_claiming", "no random sample of claims was audited", 0, TOLERATED_UNCONFIRMED)
    return _share("over_claiming", sample - confirmed, sample, TOLERATED_UNCONFIRMED)


def attrition(started: int, lost: int) -> Check:
    """Return the share of those who started that has no measure afterwards, with its exact interval."""
    if started < LEAST_GROUP:
        return too_few("attrition", f"fewer than {LEAST_GROUP} people started", started, TOLERATED_LOST)
    return _share("attrition", lost, started, TOLERATED_LOST)


def _share(check: str, bad: int, n: int, tolerated: float) -> Check:
    low, high = proportion_confint(bad, n, method="beta")
    p = stats.binomtest(bad, n, tolerated, alternative="greater").pvalue
    return Check(check, bad / n, float(low), float(high), float(p), n, tolerated)


def at_cap(claimed: float, cap: float) -> Check:
    """Return claims over the most that could be paid for. A full count, so no interval; a rule, and no test of chance.

    England's first Troubled Families programme claimed 116,654 of 117,910, and its evaluation found no consistent
    evidence of impact. But a provider that helped more people than it is paid for also ends at its cap.

    >>> c = at_cap(116_654, 117_910)
    >>> round(c.statistic, 4), c.verdict
    (0.9893, 'flag')
    """
    if not cap > 0:
        return too_few("at_cap", "no cap on claims is given", 0, NEAR_CAP)
    share = claimed / cap
    return Check("at_cap", share, NAN, NAN, NAN, int(cap), NEAR_CAP, "", "flag" if share >= NEAR_CAP else "no sign")
