"""Programmes of a locality's pack: who went through which gate, what changed, how surely, and what it cost."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from . import bounds, disclosure, effects, integrity, participants, worth
from .effects import Interval
from .pack.model import Pack
from .participants import BANDS, GATES

FACTS = ("programme", "name", "who_for", "theme", "provider", "funder", "payment", "measure", "outcome")


def results(pack: Pack) -> dict:
    """Return what is known of each programme, by name; {} where there is none.

    {rows, providers (of all programmes), people: are results about single people here?, withheld}. Every count is held
    to the rules of disclosure, and whatever cannot be said is None, with `why` beside it.
    """
    if not pack.has("programmes"):
        return {}
    programmes = pack.table("programmes").sort_values("name", key=lambda s: s.str.casefold())
    panels = {row["programme"]: row for row in integrity.results(pack).get("rows", [])}
    providers = [
        {"id": p["provider"], "programme": i, "name": p["name"], "chance_bottom_tenth": p["p_lowest"]}
        for i, row in panels.items()
        for p in row["providers"]["rows"]
        if p["p_lowest"] is not None
    ]
    return {
        "rows": [one(pack, row, panels.get(row["programme"], {})) for _, row in programmes.iterrows()],
        "providers": providers,
        "people": pack.has("participants"),
        "withheld": list(pack.withheld),
    }


def one(pack: Pack, programme: pd.Series, panel: dict | None = None) -> dict:
    """Return what is known of one programme, a row of table programmes. `panel`: its row of integrity.results."""
    people = participants.of(pack, programme)
    facts = {"id": programme["programme"], **{name: programme[name] for name in FACTS}}
    facts |= {"statutory": programme["statutory"] == "yes", "fictional": pack.fictional}
    facts |= {"payment_share_pct": _plain(programme["payment_share_pct"])}
    facts |= dict(zip(("integrity", "integrity_why"), integrity.standing(panel or {}), strict=True))
    facts |= {"design": programme["design"], "good": participants.good_in_words(programme)}
    facts |= {"declared": _plain(programme["evidence_level"]), "note": programme["evidence_note"]}
    if people.empty:
        spent = spending(pack, programme["programme"])
        own = {"spent": round(spent[0]) if spent[1] else None, "years": spent[1], "rows": []}
        return facts | {"flow": [], "level": None, "cost": own, **worth.of_one(pack, programme, None, None, 0.0, False)}
    helped, compared = participants.groups(people, programme["design"])
    effect, difference = adjusted(helped, compared, programme)
    lost = tuple(float(g["follow_up"].isna().mean()) if len(g) else 0.0 for g in (helped, compared))
    pairs = int(helped["gain"].notna().sum())
    level = effects.level(
        programme["evidence_level"], programme["design"], pairs, effect, lost, programme["comparison_how"]
    )
    change, refused = effects.before_after(
        helped["baseline"],
        helped["follow_up"],
        people.loc[people["helped"], "baseline"],
        programme["measure_better"] or "high",
    )
    usable = level.shown >= 3
    stayed = followed(helped), followed(compared)
    flow = gates(people[people["helped"]])
    reached = reach(flow)
    cost = costs(pack, people, programme["programme"], difference if usable else None)
    each = next((row["value"] for row in cost["rows"] if row["what"] == "person"), None)
    share = float(helped["good"].mean()) if helped["good"].notna().any() else 0.0
    brought = difference if usable else over_line(helped, programme) if level.shown == 2 and not refused else None
    return facts | {
        "flow": flow,
        "reach": reached["value"],
        "reach_ratio": reached,
        "level": level.shown,
        "level_why": level.why,
        "effect": _effect(effect, stayed) if usable else {"why": effect.why or level.why},
        "difference": _effect(difference, stayed, 100) if usable else {"why": difference.why or level.why},
        "before_after": {**_limits(change, 2), "people": stayed[0] and disclosure.shown(pairs), "why": refused},
        "attrition": attrition(helped, compared, usable, programme),
        "cost": cost,
        **worth.of_one(pack, programme, brought, each, share, usable),
    }


def _plain(value: float) -> float | None:
    return None if value != value or math.isinf(value) else float(value)


def _limits(found: Interval, decimals: int, times: float = 1) -> dict:
    """Return an interval as plain numbers; an end that is not finite is None."""
    plain = [_plain(x * times) for x in found]
    return {k: None if x is None else round(x, decimals) for k, x in zip(found._fields, plain, strict=True)}


def _effect(found: effects.Effect, stayed: tuple[int | None, int | None], times: float = 1) -> dict:
    """Return an effect as plain values. `stayed`: how many of each group may be told of."""
    if found.value != found.value:
        return {"why": found.why}
    return {
        **_limits(Interval(found.value, found.lower, found.upper), 2, times),
        "error": round(found.error * times, 3),
        "helped": stayed[0] and disclosure.shown(found.helped),
        "compared": stayed[1] and disclosure.shown(found.compared),
        "apart": round(found.apart, 2),
        "apart_raw": round(found.apart_raw, 2),
        "why": "",
    }


def gates(offered: pd.DataFrame) -> list[dict]:
    """Return the people who passed each gate, in all and by need: {gate, all, high, medium, low, not known}.

    Protected together, since the bands make the total of each gate.
    """
    bands = [b for b in BANDS if (offered["need_band"] == b).any()]
    counts = {}
    for gate in GATES:
        through = offered[offered[f"passed_{gate}"]]
        counts[gate, "all"] = len(through)
        counts |= {(gate, band): int((through["need_band"] == band).sum()) for band in bands}
    kept = disclosure.protect(counts, [((gate, "all"), [(gate, band) for band in bands]) for gate in GATES])
    return [{"gate": gate, "all": kept[gate, "all"], **{b: kept[gate, b] for b in bands}} for gate in GATES]


def reach(flow: list[dict], gate: str = "enrolled") -> dict:
    """Return the reach ratio to the highest need at a gate, from the counts as they are published."""
    all_, there = flow[0], next(row for row in flow if row["gate"] == gate)
    others = [b for b in ("medium", "low") if b in all_]
    cells = [row.get(b) for row in (all_, there) for b in ("high", *others)]
    if None in cells:
        return {"value": None, "lower": None, "upper": None, "why": "too few people to show, or no band of high need"}
    n, a = all_["high"], there["high"]
    rest, reached = sum(all_[b] for b in others), sum(there[b] for b in others)
    if not n or not rest or not a + reached:
        return {"value": None, "lower": None, "upper": None, "why": "there is nobody of high need, or nobody else"}
    found = effects.reach((min(a, n), n), (min(reached, rest), rest))
    return {**_limits(found, 2), "why": ""}


def adjusted(
    helped: pd.DataFrame, compared: pd.DataFrame, programme: pd.Series
) -> tuple[effects.Effect, effects.Effect]:
    """Return the effect on the measure (good is positive), and on the share with a good outcome."""
    if compared.empty:
        nobody = effects.Effect(
            *[effects.NAN] * 4, len(helped), 0, *[effects.NAN] * 3, "no comparison group is in the data"
        )
        return nobody, nobody
    both = pd.concat([helped, compared])
    covariates = both[["baseline", "need", "year_number"]]
    covariates = covariates.loc[:, covariates.notna().all() | (covariates.notna().mean() > 0.5)]
    measure = participants.direction(programme) * both["follow_up"]
    return tuple(effects.adjusted(y, both["helped"], covariates) for y in (measure, both["good"]))


def followed(group: pd.DataFrame) -> int | None:
    """Return how many of a group have a measure afterwards, as it may be published beside all and those who were lost.

    >>> followed(pd.DataFrame({"follow_up": [1.0] * 50})), followed(pd.DataFrame({"follow_up": [1.0] * 50 + [np.nan] * 2}))
    (50, None)
    """
    lost = int(group["follow_up"].isna().sum())
    counts = {"all": len(group), "lost": lost, "stayed": len(group) - lost}
    return disclosure.protect(counts, [("all", ["lost", "stayed"])])["stayed"]


def over_line(helped: pd.DataFrame, programme: pd.Series) -> effects.Effect | None:
    """Return how many more people were over the payment line after than before, of those measured twice, as a share.

    All that two measures and no comparison can say; the rules take it for no more than that. None without a line.
    """
    line, both = programme["payment_line"], helped[helped["baseline"].notna() & helped["follow_up"].notna()]
    if line != line or len(both) < effects.LEAST_ARM:
        return None
    sign = participants.direction(programme)
    before, after = ((sign * (both[when] - line) >= 0).astype(float) for when in ("baseline", "follow_up"))
    value, error = float((after - before).mean()), float((after - before).std(ddof=1)) / math.sqrt(len(both))
    half = effects.NORMAL_95 * error
    return effects.Effect(value, error, value - half, value + half, len(both), 0, *[effects.NAN] * 3)


def attrition(helped: pd.DataFrame, compared: pd.DataFrame, usable: bool, programme: pd.Series) -> dict:
    """Return how many were lost, and the least and the most that the result could be whatever became of them.

    Lee's bounds are of what is left of the measure once need and the measure before are allowed for.
    """
    lost = [disclosure.share(int(g["follow_up"].isna().sum()), len(g)) for g in (helped, compared)]
    if compared.empty:  # nobody was compared, which is not to say that nobody was lost
        lost[1] = None
    told = [share is None or share["count"] is not None for share in lost]
    seen = [g["good"].dropna() for g in (helped, compared)]
    missing = [int(g["good"].isna().sum()) for g in (helped, compared)]
    shares = bounds.worst_and_best(seen[0], missing[0])
    good = disclosure.share(int(seen[0].sum()), len(seen[0]))
    if followed(helped) is None:
        good = dict.fromkeys(good)
    out = {
        "helped": lost[0],
        "compared": lost[1],
        "good": good,
        # the ends are as far apart as people were lost, so they are shown where that number is
        "good_bounds": _bounds(shares, 100, len(helped) if good["pct"] is not None and told[0] else 0),
    }
    if usable:
        rest = bounds.unexplained(
            participants.direction(programme) * pd.concat([helped, compared])["follow_up"],
            np.repeat([True, False], [len(helped), len(compared)]),
            pd.concat([helped, compared])[["baseline", "need", "year_number"]],
        )
        out["lee"] = _bounds(bounds.lee(rest[: len(helped)], rest[len(helped) :]), 1, len(helped))
        if programme["design"] == "randomised":  # shares cannot be allowed for need in this way
            found = bounds.manski(seen[0], missing[0], seen[1], missing[1])
            out["manski"] = _bounds(found, 100, len(helped) if all(told) else 0)
    return out


def _bounds(found: bounds.Bounds, times: float, people: int) -> dict:
    # in whole percent, or to a tenth of the measure: finer would let the number of lost people be worked out
    decimals = 0 if times == 100 else 1
    return {k: disclosure.statistic(x * times, people, decimals) for k, x in found._asdict().items()}


def spending(pack: Pack, programme: str) -> tuple[float, list[str]]:
    """Return pounds spent on a programme, all funders and years together, and the years; cash."""
    spent = pack.table("programme_costs")
    spent = spent[spent["programme"] == programme]
    return float(spent["cost_gbp"].sum()), sorted(set(spent["financial_year"]))


def costs(pack: Pack, people: pd.DataFrame, programme: str, difference: effects.Effect | None) -> dict:
    """Return what the programme cost in the years in which people started it, and what each outcome cost."""
    table = pack.table("programme_costs")
    table = table[(table["programme"] == programme) & table["financial_year"].isin(set(people["year"]))]
    years = sorted(set(table["financial_year"]))
    started = people[people["helped"] & people["passed_enrolled"] & people["year"].isin(years)]
    spent, n = float(table["cost_gbp"].sum()), disclosure.shown(len(started))
    if not spent or not n:
        why = "no costs are given for the years in which people started" if not spent else "too few people started"
        return {"spent": round(spent) if spent else None, "years": years, "why": why, "rows": []}
    claimed = int((started["outcome_claimed"] == "yes").sum())
    reported = disclosure.share(claimed, len(started))
    rows = [{"what": "person", **_limits(Interval(spent / n, np.nan, np.nan), 0)}]
    if reported["pct"]:
        share = effects.proportion(reported["count"], reported["of"])
        rows.append({"what": "reported", **_limits(effects.cost_per_outcome(spent, n, share), 0)})
        stood = _stood(pack, programme)
        if stood:
            each = effects.cost_per_outcome(spent, reported["count"], stood)
            rows.append({"what": "verified", **_limits(each, 0)})
    if difference is not None and difference.value == difference.value:
        share = Interval(difference.value, difference.lower, difference.upper)
        each = effects.cost_per_outcome(spent, n, share)
        if share.upper > 0:
            rows.append({"what": "additional", **_limits(each, 0)})
    return {"spent": round(spent), "years": years, "people": n, "reported": reported, "why": "", "rows": rows}


def _stood(pack: Pack, programme: str) -> Interval | None:
    """Return the share of claims that stood in a random audit, with Clopper and Pearson's interval, if it can be shown."""
    claims = pack.table("claims")
    claims = claims[
        (claims["programme"] == programme) & claims["audit_sample"].notna() & claims["audit_confirmed"].notna()
    ]
    found = disclosure.share(claims["audit_confirmed"].sum(), claims["audit_sample"].sum())
    if not found["pct"]:
        return None
    low, high = effects.proportion_confint(found["count"], found["of"], method="beta")
    return Interval(found["count"] / found["of"], float(low), float(high))
