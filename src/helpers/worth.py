"""What one person's place in a programme brings and costs, before any haircut: the numbers that the rules decide on."""

from __future__ import annotations

import math

import pandas as pd

from . import appraised, catalogue
from .appraisal import LANES, Z90
from .effects import Effect
from .pack.model import Pack


def of_one(
    pack: Pack, programme: pd.Series, difference: Effect | None, cost: float | None, good: float, fair: bool
) -> dict:
    """Return benefit, benefit_sd, sampling_sd, break_even (£ a client), lanes, clients, feasible_n and trial_cost; None: not known.

    `difference`: more good outcomes for each person; `cost`: pounds a person; `good`: share with a good outcome; `fair`:
    whether the difference is one between two groups, without which nothing is appraised. The value of an outcome is that
    of table outcome_values, whose ends hold nine in ten. Benefits are before the haircut against optimism, which the
    rule takes off by its own threshold; lanes are told apart in words after it, and added up only for the decision.
    """
    out = dict.fromkeys(("benefit", "benefit_sd", "sampling_sd", "lanes"))
    out |= {"break_even": None if cost is None else round(cost)}
    given = (("clients", "future_clients"), ("feasible_n", "feasible_n"), ("trial_cost", "trial_cost_gbp"))
    out |= {name: None if math.isnan(programme[column]) else float(programme[column]) for name, column in given}
    values = pack.table("outcome_values")
    values = values[values["programme"] == programme["programme"]]
    if difference is None or difference.value != difference.value or cost is None or values.empty:
        return out
    keep = 1 - catalogue.thresholds()["optimism_haircut"]["value"]
    middle, spread = (values["low_gbp"] + values["high_gbp"]) / 2, (values["high_gbp"] - values["low_gbp"]) / (2 * Z90)
    whole, error = middle.sum(), math.sqrt((spread**2).sum())
    sd = math.hypot(whole * difference.error, math.hypot(error * difference.value, error * difference.error))
    lanes = {
        lane: f"£{keep * own['low_gbp'].sum():,.0f} to £{keep * own['high_gbp'].sum():,.0f} for each outcome more"
        + (f", {' and '.join(sorted(set(own['proxy'])))}" if lane == "social" else "")
        for lane, own in ((lane, values[values["lane"] == lane]) for lane in LANES)
        if len(own)
    }
    out |= {
        "benefit": round(whole * difference.value, 1),
        "benefit_sd": round(sd, 1),
        "sampling_sd": round(2 * whole * math.sqrt(good * (1 - good)), 1),  # of a trial with two equal groups
        "lanes": lanes,
    }
    if fair:
        out["appraisal"] = appraised.of_one(pack, programme["programme"], difference, cost, 1 - keep)
    return out
