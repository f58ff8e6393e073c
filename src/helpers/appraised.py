"""The appraisal of one programme of a pack: for 100 clients, in three lanes, who pays and who gains, and what is not sure."""

from __future__ import annotations

import numpy as np

from . import appraisal
from .appraisal import Flow
from .effects import Effect
from .pack.model import Pack

CLIENTS = 100
CEILINGS = (0, 500, 1_000, 2_000, 5_000, 10_000, 20_000)  # pounds for one more good outcome


def of_one(pack: Pack, programme: str, difference: Effect, cost: float, haircut: float) -> dict:
    """Return the appraisal of a programme as plain numbers, for 100 clients.

    `difference`: more good outcomes for each client, with its error; `cost`: £ for each client. Benefits are those of
    table outcome_values, in the year of the programme: nothing is discounted, since the pack says of no value when it
    comes. {clients, haircut, outcomes, lanes, who, chance, acceptability}.
    """
    flows = [
        Flow(
            row.what,
            "benefit",
            row.lane,
            row.who_gains or "not recorded",
            row.low_gbp,
            row.high_gbp,
            proxy=row.proxy,
            per_outcome=True,
        )
        for row in pack.table("outcome_values").itertuples()
        if row.programme == programme
    ]
    costs = pack.table("programme_costs")
    by_funder = costs[costs["programme"] == programme].groupby("funder")["cost_gbp"].sum()
    for funder, share in (by_funder / by_funder.sum()).items():
        pounds = CLIENTS * cost * float(share)
        flows.append(Flow(f"Cost paid by {funder}", "cost", "cashable", funder, pounds, pounds))
    more = (CLIENTS * difference.value, CLIENTS * difference.error)
    found = appraisal.simulate(flows, haircut, outcomes=more)
    draws = np.random.default_rng(appraisal.SEED).normal(*more, appraisal.DRAWS)
    curve = appraisal.acceptability(draws, np.full(appraisal.DRAWS, CLIENTS * cost), CEILINGS)
    return {
        "clients": CLIENTS,
        "haircut": round(haircut, 4),
        "outcomes": [round(more[0], 1), round(more[0] - 1.96 * more[1], 1), round(more[0] + 1.96 * more[1], 1)],
        "lanes": _rows(found.lanes.round(-2), "lane"),
        "who": _rows(found.who.round(-2), "who"),
        "chance": {lane: round(p, 2) for lane, p in found.chance.items()},
        "acceptability": _rows(curve.set_index("ceiling").round(2), "ceiling"),
    }


def _rows(frame, name: str) -> list[dict]:
    return frame.rename_axis(name).reset_index().to_dict("records")
