"""Has paying for results bent a programme? The checks of helpers.checks on a pack, and its providers beside one another."""

from __future__ import annotations

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from . import casemix, checks, disclosure, need_checks, participants
from .checks import Check
from .pack.model import Pack

TITLES = {
    "creaming_referred": "Creaming at referral",
    "creaming_enrolled": "Creaming at the start",
    "creaming_completed": "Creaming before the end",
    "parking": "Parking",
    "bunching": "Bunching at the payment line",
    "heaping": "Round numbers",
    "over_claiming": "Claims that do not stand",
    "attrition": "People lost",
    "lost_need": "Need of the people lost",
    "at_cap": "Claims beside their cap",
}
DATA = ("bunching", "heaping", "over_claiming")  # a flag on one of these means that the figures themselves are in doubt
SHARES = ("over_claiming", "attrition")  # statistics that are a share of people: held to the rules for counts
NEXT = {"referred": "eligible", "enrolled": "referred", "completed": "enrolled"}


def results(pack: Pack) -> dict:
    """Return the panel of checks of each programme with people or claims, by name; {} where there is none.

    {rows: [{programme, name, payment, checks, thirds, providers}]}. A flag is a question, and no finding.
    """
    rows = []
    for _, programme in pack.table("programmes").sort_values("name", key=lambda s: s.str.casefold()).iterrows():
        people = participants.of(pack, programme)
        claims = pack.table("claims")
        claims = claims[claims["programme"] == programme["programme"]]
        if people.empty and claims.empty:
            continue
        rows.append(
            {
                "programme": programme["programme"],
                "name": programme["name"],
                "payment": programme["payment"],
                "measure_set_by": programme["measure_set_by"],
                "independent_check": programme["independent_check"],
                "checks": [published(c) for c in panel(people, claims, programme)],
                "thirds": _thirds(people),
                "providers": providers(pack, people),
            }
        )
    return {"rows": rows} if rows else {}


def panel(people: pd.DataFrame, claims: pd.DataFrame, programme: pd.Series) -> list[Check]:
    """Return all checks of one programme with their verdicts. `people`: from participants.of."""
    offered = people[people["helped"]]
    started = offered[offered["passed_enrolled"]]
    found = []
    for gate, before in NEXT.items():
        there = offered[offered[f"passed_{before}"]]
        found.append(need_checks.creaming(there["need"], there[f"passed_{gate}"], f"creaming_{gate}"))
    compared = pd.concat([started, people[~people["helped"]]])
    found.append(need_checks.parking(compared["gain"], compared["need"], compared["helped"]))
    line = programme["payment_line"]
    found.append(checks.bunching(started["follow_up"], line, programme["measure_better"] or "high"))
    found.append(checks.heaping(started["baseline"], started["follow_up"], line=line))
    audited = claims[claims["audit_sample"].notna() & claims["audit_confirmed"].notna()]
    found.append(checks.over_claiming(int(audited["audit_sample"].sum()), int(audited["audit_confirmed"].sum())))
    lost = started["follow_up"].isna()
    found.append(checks.attrition(len(started), int(lost.sum())))
    found.append(need_checks.creaming(started["need"], ~lost, "lost_need"))
    capped = claims[claims["cap"] > 0]
    return [*checks.judge(found), checks.at_cap(capped["claimed"].sum(), capped["cap"].sum())]


def published(check: Check) -> dict:
    """Return a check as it may be published: rounded, and without its numbers where they rest on fewer than 8 people."""
    out = {
        "id": check.id,
        "title": TITLES[check.id],
        "verdict": check.verdict,
        "why": check.why,
        "n": disclosure.shown(check.n),
    }
    numbers = dict.fromkeys(("statistic", "lower", "upper"))
    if check.id in SHARES and check.statistic == check.statistic:
        share = disclosure.share(round(check.statistic * check.n), check.n)
        if share["pct"] is not None:
            low, high = proportion_confint(share["count"], share["of"], method="beta")
            exact = (share["count"] / share["of"], float(low), float(high))
            numbers = {k: round(100 * x, 1) for k, x in zip(numbers, exact, strict=True)}
        else:
            out["why"] = disclosure.HIDDEN
    elif check.id == "at_cap":
        numbers["statistic"] = disclosure.statistic(100 * check.statistic, check.n)
    elif check.statistic == check.statistic:
        digits = 0 if check.id == "heaping" else 2
        numbers = {k: disclosure.statistic(getattr(check, k), check.n, digits) for k in numbers}
    return out | numbers


def standing(row: dict) -> tuple[str, str]:
    """Return whether the figures of a programme pass, fail or are not known to do either, and why. `row`: of results."""
    verdicts = {c["id"]: c["verdict"] for c in row.get("checks", ())}
    raised = [TITLES[i] for i in DATA if verdicts.get(i) == "flag"]
    if raised:
        return "fails", f"{'a flag' if len(raised) == 1 else 'flags'} on {' and '.join(raised).lower()}"
    if any(verdicts.get(i) == "no sign" for i in DATA):
        return "passes", ""
    return "not known", "none of the checks of its figures could tell"


def _thirds(people: pd.DataFrame) -> list[dict]:
    """Return what the programme added by third of need, raw and shrunk, in units of the measure."""
    compared = people[people["passed_enrolled"] | ~people["helped"]]
    found = need_checks.by_third(compared["gain"], compared["need"], compared["helped"])
    return [
        {
            "need": name,
            "people": disclosure.shown(third.people),
            "raw": round(third.raw, 2),
            "lower": round(third.raw - 1.96 * third.error, 2),
            "upper": round(third.raw + 1.96 * third.error, 2),
            "shrunk": round(third.shrunk, 2),
        }
        for name, third in zip(("least", "middle", "most"), found, strict=False)
    ]


def providers(pack: Pack, people: pd.DataFrame) -> dict:
    """Return {rows, why}: each provider's share of good outcomes, raw and shrunk, and P(in the lowest tenth).

    Allowing for need, the measure before, and the year. By name, never in an order of merit. A provider with fewer
    than 8 people counts in the sums, and its own numbers are not shown.
    """
    started = people[people["helped"] & people["passed_enrolled"]]
    known = started.dropna(subset=["good", "baseline", "need"])
    n = known["provider"].nunique()
    if n < casemix.MIN_AREAS:
        return {
            "rows": [],
            "why": f"that needs {casemix.MIN_AREAS} or more with results, and {n} have some" if n > 1 else "",
        }
    chance = casemix.expected(known["good"], known[["baseline", "need", "year_number"]])
    found = casemix.providers(known["good"], chance, known["provider"])
    names = dict(zip(pack.table("organisations")["organisation"], pack.table("organisations")["name"], strict=True))
    counts = known.groupby("provider")["good"].agg(["sum", "size"])
    rows = [_provider(row, names, counts.loc[row.provider]) for row in found.itertuples()]
    return {"rows": sorted(rows, key=lambda row: row["name"].casefold()), "why": ""}


def _provider(row, names: dict, counts: pd.Series) -> dict:
    share = disclosure.share(counts["sum"], counts["size"])
    out = {"provider": row.provider, "name": names.get(row.provider, row.provider), "people": share["of"]}
    if share["of"] is None or row.people <= disclosure.MOST:
        return out | dict.fromkeys(("reached", "expected", "shrunk", "lower", "upper", "p_lowest"))
    numbers = {k: round(100 * getattr(row, k)) for k in ("expected", "shrunk", "lower", "upper")}
    return out | {"reached": share["pct"], **numbers, "p_lowest": round(row.p_lowest, 2)}
