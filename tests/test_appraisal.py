"""Appraisal against the Green Book's schedule, and against other routes to the same numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import yaml
from scipy import integrate, stats

from helpers import appraisal, paths
from helpers.appraisal import Flow
from helpers.schemas import DataError

PUBLISHED = yaml.safe_load((paths.ROOT / "tests" / "published" / "appraisal.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", PUBLISHED["factors"], ids=lambda c: f"year {c['year']}")
def test_the_discount_factors_of_the_green_book(case):
    assert appraisal.factors(case["year"])[case["year"]] == pytest.approx(case["factor"], abs=5e-5)


def test_beyond_the_schedule_is_refused():
    with pytest.raises(DataError, match="ends at year 30; year 31"):
        appraisal.factors(31, "health")
    with pytest.raises(DataError, match="no rates of kind 'helth'"):
        appraisal.factors(3, "helth")


def test_a_gap_in_the_schedule_is_refused(tmp_path, monkeypatch):
    (tmp_path / "rates.csv").write_text("kind,first_year,last_year,rate_pct\nodd,1,5,3.5\nodd,7,9,3\n")
    monkeypatch.setattr(appraisal, "RATES", tmp_path / "rates.csv")
    with pytest.raises(DataError, match="gap or an overlap at year 7"):
        appraisal.rates.__wrapped__("odd")


@pytest.mark.parametrize("case", PUBLISHED["unit_normal_loss"], ids=lambda c: f"z {c['z']}")
def test_evpi_is_the_unit_normal_loss(case):
    assert appraisal.evpi(case["z"], 1) == pytest.approx(case["loss"], abs=5e-5)
    assert appraisal.evpi(-200 * case["z"], 200) == pytest.approx(200 * case["loss"], abs=1e-2)
    loss, _ = integrate.quad(lambda t: (t - case["z"]) * stats.norm.pdf(t), case["z"], 12)
    assert appraisal.evpi(case["z"], 1) == pytest.approx(loss, abs=1e-9)


def test_evsi_by_playing_the_trial_many_times():
    mean, sd, spread, n = 40.0, 120.0, 900.0, 150
    random = np.random.default_rng(3)
    truth = random.normal(mean, sd, 400_000)
    seen = random.normal(truth, spread / math.sqrt(n))
    weight = sd**2 / (sd**2 + spread**2 / n)
    after = mean + weight * (seen - mean)
    worth = np.maximum(after, 0).mean() - max(mean, 0)
    assert appraisal.evsi(mean, sd, spread, n) == pytest.approx(worth, abs=0.35)
    assert appraisal.evsi(mean, sd, spread, n) < appraisal.evpi(mean, sd)


def test_what_to_expect_in_a_new_place_by_the_formulas_written_out():
    effects = np.array([0.095, 0.277, 0.367, 0.664, 0.462, 0.185])
    errors = np.sqrt([0.033, 0.031, 0.050, 0.011, 0.043, 0.023])
    w = errors**-2.0
    q = np.sum(w * (effects - np.sum(w * effects) / w.sum()) ** 2)
    tau2 = (q - 5) / (w.sum() - np.sum(w**2) / w.sum())
    w = 1 / (errors**2 + tau2)
    mean, reach = np.sum(w * effects) / w.sum(), stats.t.ppf(0.975, 4) * math.sqrt(tau2 + 1 / w.sum())
    found = appraisal.elsewhere(effects, errors)
    assert found.tau2 == pytest.approx(tau2) and found.mean == pytest.approx(mean)
    assert (found.new_lower, found.new_upper) == pytest.approx((mean - reach, mean + reach))
    assert found.new_lower < 0 < found.lower  # the mean is clear of nothing, what a new place gets is not


def test_two_studies_say_nothing_of_a_new_place():
    with pytest.raises(ValueError, match="needs 3 studies; there are 2"):
        appraisal.elsewhere([0.1, 0.2], [0.1, 0.1])


FLOWS = [
    Flow("Staff", "cost", "cashable", "Council", 90_000, 110_000),
    Flow("Placements not needed", "benefit", "cashable", "Council", 40_000, 90_000, 1, 1),
    Flow("Fewer visits", "benefit", "other public", "NHS", 10_000, 30_000, 1, 2),
    Flow("Wellbeing", "benefit", "social", "Families", 20_000, 80_000, 1, 2, "claimed"),
]


def test_lanes_stay_apart_and_the_chance_grows_with_each():
    found = appraisal.simulate(FLOWS)
    assert list(found.lanes.index) == list(appraisal.LANES)
    assert found.lanes.loc["other public", "benefit"] == pytest.approx(20_000 * (1 / 1.035 + 1 / 1.035**2), rel=0.01)
    assert found.lanes.loc["cashable", "cost"] == pytest.approx(100_000, rel=0.01)
    assert found.chance["cashable"] < found.chance["other public"] < found.chance["social"]
    assert found.who.loc["Council", "net"] < 0 < found.who.loc["NHS", "net"]  # who pays is not who gains


def test_the_chance_is_that_of_the_normal_distribution():
    found = appraisal.simulate(FLOWS[:2], draws=200_000)
    sd = math.hypot(20_000, 50_000 / 1.035) / (2 * appraisal.Z90)
    assert found.chance["cashable"] == pytest.approx(stats.norm.cdf((65_000 / 1.035 - 100_000) / sd), abs=0.003)


def test_the_same_seed_gives_the_same_answer_and_a_haircut_cuts_benefits_only():
    one, two, cut = appraisal.simulate(FLOWS), appraisal.simulate(FLOWS), appraisal.simulate(FLOWS, haircut=0.3)
    assert np.array_equal(one.net, two.net)
    assert cut.lanes["benefit"].tolist() == pytest.approx((0.7 * one.lanes["benefit"]).tolist())
    assert cut.lanes["cost"].equals(one.lanes["cost"])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"lane": "public"}, "lane 'public'"),
        ({"low": 3, "high": 2}, "low must not pass high"),
        ({"kind": "gain"}, "kind 'gain'"),
    ],
)
def test_an_impossible_flow_is_refused(changes, fault):
    usual = {"what": "x", "kind": "benefit", "lane": "cashable", "who": "Council", "low": 1, "high": 2}
    with pytest.raises(DataError, match=fault):
        Flow(**usual | changes)


def test_a_social_value_in_pounds_says_whether_it_is_claimed_or_verified():
    with pytest.raises(DataError, match="claimed or verified"):
        Flow("Wellbeing", "benefit", "social", "Families", 1, 2)


def test_acceptability_rises_to_the_chance_that_there_is_any_effect():
    random = np.random.default_rng(1)
    effect, cost = random.normal(0.1, 0.1, 50_000), random.normal(500, 100, 50_000)
    chance = appraisal.acceptability(effect, cost, [0, 5_000, 1e9])["chance"]
    assert chance[0] == 0 and chance[1] == pytest.approx(0.5, abs=0.01)
    assert chance[2] == pytest.approx(stats.norm.cdf(1), abs=0.01)


GOOD = {
    "id": "a-study", "study": "A made-up study, for this test", "link": "https://example.org", "design": "randomised",
    "country": "England", "year": 2019, "programme": "-", "outcome": "-", "effect": 1.0, "lower": 0.5, "upper": 1.5,
    "units": "points", "licence": "-", "checked": "2026-11-22",
}  # fmt: skip


def test_the_register_of_evidence_is_readable():
    assert appraisal.register() == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"lower": 1.2}, "outside its own interval"),
        ({"design": "promising"}, "design 'promising'"),
        ({"licence": None}, "'licence'"),
        ({"effects": 3}, "'effects'"),
    ],
)
def test_an_entry_that_is_wrong_is_refused(tmp_path, changes, fault):
    path = tmp_path / "evidence.yml"
    path.write_text(yaml.safe_dump({"studies": [GOOD]}))
    assert appraisal.register(path)[0].effect == 1.0
    path.write_text(yaml.safe_dump({"studies": [GOOD | changes]}))
    with pytest.raises(DataError, match=fault):
        appraisal.register(path)
