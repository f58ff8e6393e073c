"""Shrinkage against another library, and against truths that only a simulation knows."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
import yaml
from scipy import optimize, stats

from helpers import funnel, paths, shrinkage

LIP, CLAIMS = yaml.safe_load((paths.ROOT / "tests" / "published" / "shrinkage.yml").read_text(encoding="utf-8"))
COUNT, SIZE = np.array(LIP["observed"], float), np.array(LIP["expected"])


def test_the_gamma_prior_is_the_one_of_statsmodels_negative_binomial():
    fit = sm.NegativeBinomial(COUNT, np.ones(len(COUNT)), exposure=SIZE).fit(disp=0)
    mean, strength = shrinkage.prior(COUNT, SIZE, "rate", penalty=0)
    assert mean == pytest.approx(np.exp(fit.params[0]), rel=1e-3)
    assert 1 / (mean * strength) == pytest.approx(fit.params[1], rel=1e-3)


def test_published_gamma_prior():
    count = np.repeat(np.arange(len(CLAIMS["holders"]), dtype=float), CLAIMS["holders"])
    mean, strength = shrinkage.prior(count, np.ones(len(count)), "rate", penalty=0)
    assert mean * strength == pytest.approx(CLAIMS["shape"], rel=1e-4)
    assert 1 / strength == pytest.approx(CLAIMS["scale"], rel=1e-4)
    assert round(mean * strength / (strength + 1), 3) == CLAIMS["without_a_claim"]


def test_the_beta_prior_is_the_likeliest_for_scipy_s_beta_binomial():
    rng = np.random.default_rng(1)
    size = rng.integers(30, 400, 120)
    count = rng.binomial(size, rng.beta(6, 24, 120))

    def unlikelihood(logs):
        return -stats.betabinom.logpmf(count, size, *np.exp(logs)).sum()

    a, b = np.exp(optimize.minimize(unlikelihood, [1, 2], method="Nelder-Mead").x)
    mean, strength = shrinkage.prior(count, size, "proportion", penalty=0)
    assert (mean, strength) == (pytest.approx(a / (a + b), rel=1e-3), pytest.approx(a + b, rel=1e-2))


def test_posteriors_are_the_textbook_s():
    for kind, total in (("rate", None), ("proportion", 1)):
        size = np.ceil(SIZE * 20)
        count = np.minimum(COUNT, size)
        made = shrinkage.shrink(count, size, 0.05, kind, "low is good")
        mean, strength = shrinkage.prior(count, size, kind)
        assert made["value"].to_numpy() == pytest.approx((mean * strength + count) / (strength + size))
        assert made.attrs["prior_mean"] == pytest.approx(mean) and made.attrs["n"] == 56
        assert total is None or made["upper"].max() < total


def test_small_areas_move_most_and_raw_stays_beside():
    made = shrinkage.shrink(COUNT, SIZE, 100, "rate", "low is good", multiplier=100)
    assert made["raw"].to_numpy() == pytest.approx(100 * COUNT / SIZE)
    kept = (made["value"] - made.attrs["prior_mean"]) / (made["raw"] - made.attrs["prior_mean"])
    assert (np.diff(kept[np.argsort(SIZE)]) > -1e-12).all() and kept.between(0, 1).all()
    assert (made["lower"] < made["value"]).all() and (made["value"] < made["upper"]).all()
    assert set(made["method"]) == {"gamma-Poisson"}
    assert not [c for c in made if "rank" in c]


def test_a_raw_breach_of_the_outer_limits_is_always_marked():
    limits = funnel.funnel_limits(SIZE)
    made = shrinkage.shrink(COUNT, SIZE, 1, "rate")
    beyond = (limits.lower_outer > COUNT / SIZE) | (limits.upper_outer < COUNT / SIZE)
    assert made["breach"].tolist() == beyond.tolist() and beyond.any()
    size = np.full(12, 100)
    count = np.array([20] * 10 + [2, 45])
    limits = funnel.funnel_limits(size, 0.2, "proportion")
    made = shrinkage.shrink(count, size, 0.2, "proportion")
    assert made["breach"].tolist() == [*(count / size < limits.lower_outer).tolist()[:11], True]


def test_words_of_polarity():
    made = {p: shrinkage.shrink(COUNT, SIZE, 1, "rate", p) for p in ("high is good", "low is good", "no judgement")}
    assert (made["low is good"]["p_worse"] == made["low is good"]["p_higher"]).all()
    assert made["high is good"]["p_worse"].to_numpy() == pytest.approx(1 - made["low is good"]["p_worse"].to_numpy())
    assert made["no judgement"]["p_worse"].isna().all() and made["no judgement"]["p_higher"].notna().all()


def test_missing_areas_stay_missing():
    count = COUNT.copy()
    count[3] = np.nan
    made = shrinkage.shrink(count, SIZE, 1, "rate", "low is good")
    assert made.loc[3, ["raw", "value", "p_worse"]].isna().all() and not made.loc[3, "breach"]
    assert made.attrs["n"] == 55 and made.drop(index=3)["value"].notna().all()


@pytest.mark.parametrize(
    ("count", "size", "kind", "polarity", "message"),
    [
        ([1] * 9, [9] * 9, "rate", "no judgement", "10 areas"),
        ([10] * 12, [9] * 12, "proportion", "no judgement", "denominator"),
        ([0] * 12, [9] * 12, "rate", "no judgement", "nothing to shrink"),
        ([1] * 12, [9] * 12, "ratio", "no judgement", "Unknown kind"),
        ([1] * 12, [9] * 12, "rate", "lower", "Unknown polarity"),
    ],
)
def test_what_cannot_be_shrunk_is_refused(count, size, kind, polarity, message):
    with pytest.raises(ValueError, match=message):
        shrinkage.shrink(count, size, 0.5, kind, polarity)


def simulated(kind, spread, runs, rng):
    """Return P(worse), the truth, and whether the interval holds it, for runs of 150 areas whose truth is known."""
    rows = []
    for _ in range(runs):
        size = np.exp(rng.normal(8.5 if kind == "rate" else 6.2, 0.8, 150)).round()
        if kind == "rate":
            true = 0.01 * rng.gamma(spread**-2, spread**2, 150)
            count = rng.poisson(size * true)
        else:
            strength = 0.2 * 0.8 / (0.2 * spread) ** 2 - 1
            true = rng.beta(0.2 * strength, 0.8 * strength, 150)
            count = rng.binomial(size.astype(int), true)
        national = count.sum() / size.sum()
        made = shrinkage.shrink(count, size, national, kind, "low is good")
        rows.append(
            np.column_stack([made["p_worse"], true > national, (made["lower"] < true) & (true < made["upper"])])
        )
    return np.concatenate(rows).T


@pytest.mark.parametrize("kind", ["rate", "proportion"])
@pytest.mark.parametrize("spread", [0.08, 0.2, 0.5])
def test_p_worse_is_calibrated(kind, spread):
    """Of the areas given a probability around .3 of being worse than the nation, about 30% are."""
    p, worse, held = simulated(kind, spread, 40, np.random.default_rng(20))
    assert 0.92 < held.mean() < 0.97
    for low in np.arange(0, 1, 0.2):
        inside = (p >= low) & (p < low + 0.2)
        assert inside.sum() > 200
        assert worse[inside].mean() == pytest.approx(p[inside].mean(), abs=0.05)


def test_intervals_hold_where_areas_hardly_differ():
    """Plain likelihood often says that such areas do not differ at all: without the penalty 86% of intervals hold."""
    _, _, held = simulated("rate", 0.05, 60, np.random.default_rng(22))
    assert held.mean() > 0.91


@pytest.mark.parametrize("kind", ["rate", "proportion"])
def test_where_all_areas_are_equal_none_is_called_worse(kind):
    rng = np.random.default_rng(21)
    called = []
    for _ in range(40):
        size = np.exp(rng.normal(8.5, 0.8, 150)).round().astype(int)
        count = rng.poisson(size * 0.01) if kind == "rate" else rng.binomial(size, 0.01)
        made = shrinkage.shrink(count, size, count.sum() / size.sum(), kind, "low is good")
        called.append((made["p_worse"] > 0.95).mean())
        raw_spread, spread = (np.std(made[c]) for c in ("raw", "value"))
        assert spread < 0.5 * raw_spread
    assert np.mean(called) < 0.005
