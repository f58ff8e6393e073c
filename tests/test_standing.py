"""Where places stand: checked against libraries, on noise, on made-up truths, and for what must not matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

import tiny
from helpers import (
    benchmarks,
    bundles,
    catalogue,
    funnel,
    geography,
    measures,
    paths,
    schemas,
    settings,
    shrinkage,
    standing,
    trends,
)
from helpers.geography import ENGLAND
from helpers.rules import needs as rule

AREAS = 153
INDICATORS = 14  # as many as can be compared in a place today
RATE = 0.10  # the false-discovery rate that the rule allows
THRESHOLDS = {k: v["value"] for k, v in catalogue.thresholds().items()}


@pytest.fixture(scope="module")
def register():
    return geography.load()


@pytest.fixture(scope="module")
def real(register):
    rows = bundles.measured(bundles.figures(settings.load()["edition"]), register)
    neighbours = schemas.read(paths.FIGURES / "neighbours.csv", schemas.NEIGHBOURS)
    at_risk = schemas.read(paths.REFERENCE / "people_at_risk.csv", schemas.AT_RISK)
    return rows, neighbours, at_risk


@pytest.fixture(scope="module")
def stood(real):
    rows, neighbours, at_risk = real
    return standing.of_all(rows, neighbours, catalogue.indicators(), at_risk)


def made(register, seed: int, spread: float = 0.0):
    """Return indicators and rows of proportions: all places equal, or differing as a bell curve does by `spread`."""
    random = np.random.default_rng(seed)
    codes = register.localities["area_code"].astype(object).to_numpy()[:AREAS]
    indicators, frames = {}, []
    for number in range(INDICATORS):
        name = f"made_{number}"
        indicators[name] = tiny.indicator(name, {}, unit="pct", method="proportion", polarity="low is good")
        size = random.integers(150, 20_000, len(codes)).astype(float)
        truth = np.sin(np.arcsin(np.sqrt(0.2)) + spread * random.standard_normal(len(codes))) ** 2
        count = random.binomial(size.astype(int), truth).astype(float)
        area = [*codes, ENGLAND]
        rows = pd.DataFrame({"area_code": area, "count": np.r_[count, count.sum()]})
        rows["denominator"] = np.r_[size, size.sum()]
        frames.append(rows.assign(indicator=name, period="2024-04-01/P1Y", unit="pct", status="final"))
    rows = pd.concat(frames, ignore_index=True)
    return indicators, measures.with_intervals(rows.assign(value=np.nan, lower=np.nan, upper=np.nan), indicators)


def named(found: pd.DataFrame, gate: float = RATE) -> pd.DataFrame:
    """Return the rows that the first two tests of the rule for a priority need let through (low is good)."""
    return found[(found["p_higher"] >= THRESHOLDS["needs_probability"]) & (found["q"] <= gate)]


def test_on_pure_noise_no_more_needs_are_named_than_the_rate_allows(register, real):
    """With no difference anywhere every need is false, so no more than the rate's share of places may have one.

    The rule has two protections, and each is held to it alone; without either, half of the places would have a need.
    """
    _, neighbours, at_risk = real
    places, having = 0, {"rule": 0, "rate": 0, "shrinkage": 0, "neither": 0}
    for seed in range(8):
        indicators, rows = made(register, seed)
        found = standing.of_all(rows, neighbours, indicators, at_risk)
        worse = found["p_higher"] > 0.5
        chosen = {
            "rule": named(found),
            "rate": found[worse & (found["q"] <= RATE)],
            "shrinkage": found[found["p_higher"] >= THRESHOLDS["needs_probability"]],
            "neither": found[worse & (found["p_value"] <= 0.1)],
        }
        places += found["area_code"].nunique()
        for name, part in chosen.items():
            having[name] += part["area_code"].nunique()
    most = RATE + 3 * np.sqrt(RATE * (1 - RATE) / places)
    assert all(having[name] / places <= most for name in ("rule", "rate", "shrinkage")), having
    assert having["neither"] / places > 0.4


@pytest.mark.parametrize("year", [-6, -5, -3])
def test_on_regression_to_the_mean_no_improvement_is_claimed(year):
    """Places whose truth never changes, picked out for being worst in one year: the years after it look better."""
    random = np.random.default_rng(12)
    years = [f"{y}-04-01/P1Y" for y in range(2017, 2025)]
    truth = np.clip(random.normal(0.12, 0.028, 6000), 0.02, 0.5)
    count = random.binomial(300, truth[:, None], (6000, len(years)))
    count = count[count[:, year] >= np.quantile(count[:, year], 0.9)]
    assert (count[:, -1] < count[:, year]).mean() > 0.75  # what a before-and-after comparison would have said
    indicator = tiny.indicator("made", {}, unit="pct", method="proportion", polarity="low is good")
    codes = [f"E06{n:06d}" for n in range(len(count))]
    rows = pd.DataFrame({"area_code": np.repeat(codes, len(years)), "period": np.tile(years, len(codes))})
    rows = rows.assign(indicator="made", count=count.ravel().astype(float), denominator=300.0)
    rows = rows.assign(value=rows["count"] / 3, lower=np.nan, upper=np.nan)
    england = pd.DataFrame({"period": years, "value": 12.0})
    words = standing.recent(rows, indicator, england)["recent"]
    assert len(words) > 600 and set(words) <= {"getting better", "getting worse", "no significant change"}
    assert (words == "getting better").mean() <= 0.004  # two sides of a test at 99.8% are a thousandth each
    plain = trends.recent_trend(count, np.full(count.shape, 300), "proportion", "low is good").word
    assert (
        year != -5 or (plain == "getting better").mean() > 0.003
    )  # what the rule would claim without leaving a year out


def test_a_true_need_is_found(register, real):
    _, neighbours, at_risk = real
    indicators, rows = made(register, 1)
    code = register.localities["area_code"].iloc[40]
    own = (rows["area_code"] == code) & (rows["indicator"] == "made_3")
    rows.loc[own, ["count", "denominator"]] = [600, 2000]
    rows = measures.with_intervals(rows.assign(value=np.nan, lower=np.nan, upper=np.nan), indicators)
    found = named(standing.of_all(rows, neighbours, indicators, at_risk))
    assert (code, "made_3") in set(zip(found["area_code"], found["indicator"], strict=True))
    row = found[(found["area_code"] == code) & (found["indicator"] == "made_3")].iloc[0]
    assert row["excess"] == pytest.approx(600 - 0.2 * 2000, abs=8)
    assert row["excess_lower"] < row["excess"] < row["excess_upper"]


def test_widened_limits_are_crossed_one_time_in_20_where_places_differ_as_a_bell_curve(register, real):
    _, neighbours, at_risk = real
    outside = []
    for seed in range(3):
        indicators, rows = made(register, seed, spread=0.06)
        found = standing.of_all(rows, neighbours, indicators, at_risk)
        outside.append((found["p_unusual"] <= 0.05).mean())
        assert (found["p_value"] <= 0.05).mean() > 0.5  # plain limits call most places different: and they are
    assert np.mean(outside) == pytest.approx(0.05, abs=0.02)


def test_the_order_of_places_changes_nothing(real, stood):
    rows, neighbours, at_risk = real
    mixed = standing.of_all(rows.sample(frac=1, random_state=7), neighbours, catalogue.indicators(), at_risk)
    pd.testing.assert_frame_equal(mixed, stood, rtol=1e-9)


def test_how_a_rate_is_written_changes_nothing(real, stood):
    """Per 10,000, per 1,000 or per 100,000: chances, what is left after all comparisons, trends and people stay."""
    rows, neighbours, at_risk = real
    other = {"per_10k": ("per_100k", 10), "per_1k": ("per_10k", 10), "per_100k": ("per_1k", 0.01)}
    written = {
        k: i.model_copy(update={"unit": other[i.unit][0]}) if i.unit in other else i
        for k, i in catalogue.indicators().items()
    }
    times = rows["indicator"].map(lambda i: other.get(catalogue.indicators()[i].unit, ("", 1))[1])
    moved = rows.assign(**{c: rows[c] * times for c in ("value", "lower", "upper")})
    assert (times != 1).any()
    found = standing.of_all(moved, neighbours, written, at_risk)
    same = ["area_code", "indicator", "period", "p_higher", "p_higher_dfe", "p_higher_ons", "q", "p_unusual", "recent"]
    same += ["excess", "excess_lower", "excess_upper"]
    pd.testing.assert_frame_equal(found[same], stood[same], rtol=1e-6, atol=1e-9)


def test_shrunk_chances_agree_with_the_exact_model_of_counts(real):
    rows, _, _ = real
    for name, kind, unit in (("repeat_protection_plans", "proportion", 100), ("children_looked_after", "rate", 10_000)):
        part = rows[(rows["indicator"] == name) & rows["count"].notna()]
        part = part[part["period"] == part["period"].max()]
        england = part.set_index("area_code").loc[ENGLAND, "value"]
        part = part[part["area_code"].str.match(r"E(06|08|09|10)") & (part["count"] >= 10)]
        exact = shrinkage.shrink(part["count"], part["denominator"], england, kind, multiplier=unit)
        ours = standing.against(part["value"], part["lower"], part["upper"], england, kind, unit)
        assert np.abs(ours["p_higher"] - exact["p_higher"]).max() < 0.06, name
        assert np.abs(ours["p_higher"] - exact["p_higher"]).mean() < 0.01, name
        assert np.abs(ours["shrunk"] / exact["value"] - 1).max() < 0.05, name


def test_the_spread_between_places_is_that_of_the_libraries():
    random = np.random.default_rng(3)
    error = random.uniform(0.5, 2, 60)
    y = 50 + 3 * random.standard_normal(60) + error * random.standard_normal(60)
    half = stats.norm.ppf(0.975) * error
    ours = standing.against(y, y - half, y + half, 50, "value")
    theirs = combine_effects(y, error**2, method_re="dl")
    pull = theirs.tau2 / (theirs.tau2 + error**2)
    mean = np.average(y, weights=1 / (error**2 + theirs.tau2))
    np.testing.assert_allclose(ours["shrunk"], mean + pull * (y - mean), rtol=1e-9)


def test_the_widening_is_spiegelhalters_with_its_bias_taken_off():
    random = np.random.default_rng(4)
    size = random.integers(200, 5000, 80).astype(float)
    truth = np.sin(np.arcsin(np.sqrt(0.3)) + 0.05 * random.standard_normal(80)) ** 2
    count = random.binomial(size.astype(int), truth).astype(float)
    i = measures.proportion(count, size)
    ours = standing.against(i.value, i.lower, i.upper, 30, "proportion", 100)["tau"].iloc[0]
    theirs = funnel.over_dispersion(count, size, 30, "proportion", 100)
    normal = np.clip(stats.norm.ppf(np.linspace(0, 1, 100_001)[1:-1]), *stats.norm.ppf([0.1, 0.9]))
    assert np.mean(normal**2) == pytest.approx(standing.BY_CHANCE, abs=1e-4)
    assert theirs.tau < ours == pytest.approx(0.05, abs=0.012)


def test_a_chance_never_contradicts_the_interval(stood, real):
    rows, _, _ = real
    limits = rows.set_index(["area_code", "indicator", "period"])[["lower", "upper"]]
    england = rows[rows["area_code"] == ENGLAND].set_index(["indicator", "period"])["value"]
    known = stood[stood["p_value"].notna()]
    joined = known.join(limits, on=["area_code", "indicator", "period"]).join(
        england.rename("e"), on=["indicator", "period"]
    )
    outside = (joined["upper"] < joined["e"]) | (joined["lower"] > joined["e"])
    same = (joined["p_value"] < 0.05) == outside
    assert len(joined) > 4000 and (~same).mean() < 0.002  # a limit printed to one decimal can touch England's
    above = joined[joined["lower"] > joined["e"]]
    assert (above["p_higher"] > 0.5).all()


def test_no_interval_no_chance_and_few_neighbours_no_chance(stood):
    silent = stood[stood["indicator"] == "persistent_absence"]
    assert len(silent) == AREAS and silent[["p_higher", "q", "shrunk"]].isna().all(axis=None)
    assert silent["middle"].notna().all()  # but its place in the spread can be seen
    assert not set(stood) & {"rank", "score", "position"}


def test_years_that_overlap_are_not_counted_twice(stood):
    three_years = stood[stood["indicator"] == "healthy_life_expectancy_male"]
    assert set(three_years["recent"]) == {"too few points"}


def test_people_come_from_the_counts_where_there_are_counts(stood, real):
    rows, _, _ = real
    keys = ["area_code", "indicator", "period"]
    one = stood[(stood["area_code"] == "E06000002") & (stood["indicator"] == "care_leavers_suitable_homes")]
    own = rows.set_index(keys).loc[tuple(one.iloc[0][keys])]
    england = (
        rows[(rows["area_code"] == ENGLAND)]
        .set_index(["indicator", "period"])
        .loc[tuple(one.iloc[0][keys[1:]]), "value"]
    )
    assert one.iloc[0]["excess"] == pytest.approx(own["count"] - england / 100 * own["denominator"], abs=0.6)
    scored = stood[stood["indicator"] == "life_satisfaction"]
    assert scored["excess"].isna().all()


def test_q_is_benjamini_hochbergs_over_one_place(stood):
    judged = {i.id for i in catalogue.indicators().values() if i.polarity != "no judgement"}
    one = stood[(stood["area_code"] == "E06000002") & stood["indicator"].isin(judged)]
    p = one["p_value"].dropna()
    np.testing.assert_allclose(one.loc[p.index, "q"], stats.false_discovery_control(p))
    assert len(p) == INDICATORS


def test_the_rule_names_what_passes_and_gives_a_reason_for_the_rest(tmp_path, monkeypatch):
    from helpers import evidence

    monkeypatch.setattr(paths, "BUNDLES", tmp_path)
    list(bundles.build(["E06000002", "E08000009", "E06000053"], settings.load()["edition"], tmp_path))
    e = evidence.load("E06000002", **settings.load())
    every = rule.judged(e, THRESHOLDS)
    for j in rule.priorities(e, THRESHOLDS):
        assert j.worse >= 0.95 and j.q <= RATE and j.people >= 10
        assert j.worse_near >= 0.8 or j.recent == "getting worse"
    assert {j.latest.id for j in rule.priorities(e, THRESHOLDS)} == {j.latest.id for j in every if not j.need}
    assert all(j.need for j in every if not j.worse >= 0.95)
    strict = rule.priorities(e, THRESHOLDS | {"needs_excess_people": 1e9})
    assert not strict
    tiny_place = evidence.load("E06000053", **settings.load())
    assert not rule.priorities(tiny_place, THRESHOLDS)
    assert [f.status for f in rule.recommend(tiny_place, THRESHOLDS)] == ["nothing found"]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"worse": 0.951}, "worse than England below 95%"),
        ({"worse_near": 0.81}, "worse than the mean of its neighbours below 80%"),
        ({"worse_near": 0.81, "recent": "getting worse"}, "and a trend that is no longer getting worse"),
        ({"worse_near": 0.5, "recent": "getting worse"}, "a trend that is no longer getting worse"),
        ({"q": 0.099}, "false alarms above 10%"),
        ({"people": 11.0}, "a difference of fewer than 10 people"),
    ],
)
def test_the_nearest_flip_is_the_test_that_is_passed_by_least(changes, names):
    usual = {"worse": 0.9999, "worse_near": 0.9999, "q": 1e-5, "people": 500.0, "people_lower": 400.0}
    rest = {"unusual": True, "recent": "no significant change", "people_upper": 600.0, "need": "", "strength": "-"}
    one = rule.Judged(**{"latest": None} | usual | rest | changes)
    assert names in rule.nearest(one, "neighbours", THRESHOLDS)


def test_p_values_are_those_of_the_comparison():
    low, high = 10.0, 12.0
    value = np.full(12, 11.0)
    found = standing.against(value, value - 1, value + 1, 9.9, "value")
    expected = benchmarks.p_values(11, low, high, 9.9)
    np.testing.assert_allclose(found["p_value"], expected)
