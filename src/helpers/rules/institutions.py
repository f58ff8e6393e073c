"""Area 1: which organisations could hold others together, which bridges are missing, which conditions are absent.

No open data says who works with whom, so without a locality's own network the rule says what to ask.
"""

from __future__ import annotations

from ..evidence import Evidence
from ..institutions import KINDS, WITHIN, candidates, trusting
from . import Finding

AREA = 1
MOST_BRIDGES = 3  # groups named in the words; the table beneath holds all of them


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return "invest" with two candidates or more for a backbone, or why there are none; and whom to bring together."""
    own = (getattr(e, "local", None) or {}).get("institutions", {})
    if not own.get("network"):
        return [_ask(e, own), *_conditions(own)]
    found, why = candidates(own, thresholds)
    net = own["network"]
    if net["answered"] < thresholds["network_response"] * net["asked"]:
        return [_refused(why), *_conditions(own)]
    return [_backbone(own, found, why, thresholds), *_bridges(own), *_conditions(own)]


def _ask(e: Evidence, own: dict) -> Finding:
    known = {row["kind"] for row in own.get("register", []) if row["status"] != "unknown"}
    unknown = [f"{kind}s" for kind in KINDS[:4] if kind not in known]
    which = (
        f", or which {', '.join(unknown[:-1])}{' and ' if unknown[:-1] else ''}{unknown[-1]} there are"
        if unknown
        else ""
    )
    return Finding(
        AREA,
        "cannot say",
        f"No open data tells which organisations in {e.name} work together, or which of them others rely on{which}.",
        "A list of the organisations that help people here, and for each: whom it works with, how often, and how far"
        " it trusts them; answered by at least 70% of those asked. The tables of organisations and ties that"
        f" handbook new-pack {e.place.get('slug', '')} writes ask just that.",
        key="institutions:backbone",
        title="Backbone organisations",
    )


def _refused(why: str) -> Finding:
    return Finding(
        AREA,
        "cannot say",
        f"No candidate for a backbone is named: {why}. One answer that is missing can move every path.",
        "Answers from more of the organisations that were asked.",
        key="institutions:backbone",
        title="Backbone organisations",
    )


def _backbone(own: dict, found: list[dict], why: str, t: dict) -> Finding:
    usual = {"area": AREA, "key": "institutions:backbone", "title": "Backbone organisations"}
    chosen = {row["id"] for row in found}
    considered = tuple(
        (row["name"], "; ".join(_lacks(own, row, t)))
        for row in own["rows"]
        if row["id"] not in chosen and (row["top_share"] >= t["backbone_top_share"] / 2)
    )
    considered = tuple(
        (name, lacks or "two candidates are needed, so that there is a choice") for name, lacks in considered
    )
    settles = "More answers, or a new round in a year: ties and trust change."
    if not found:
        words = f"No organisation is put forward as a backbone: {why}."
        return Finding(status="nothing found", words=words, settles=settles, considered=considered, **usual)
    names = _listed([row["name"] for row in found])
    least = min(row["top_share"] for row in found)
    trust = "; ".join(f"{row['name']} by {_listed(trusting(row, t))}" for row in found)
    net = own["network"]
    words = (
        f"Talk with {names} about taking on the work that holds the others together, and pay for that work for a fixed time. Of"
        f" {net['asked']} organisations asked, {net['answered']} answered. Each of these is among the three that stand most"
        f" often between others in at least {least:.0%} of {net['draws']:,} networks drawn with {net['left_out']:.0%} of the ties left"
        f" out, and brings together partners that do not know one another. They are trusted by sectors: {trust}. That an"
        " organisation stands between others does not show that it wants to, or that money would help it."
    )
    return Finding(
        status="invest",
        words=words,
        settles=settles,
        trace=tuple(f"local:institutions:{row['id']}" for row in found),
        heard=f"{net['answered']} organisations; the people they serve were not asked who should hold others together",
        flip=f"a share of {least:.0%} that falls below {t['backbone_top_share']:.0%}, or the trust of one sector lost",
        considered=considered,
        **usual,
    )


def _lacks(own: dict, row: dict, t: dict) -> list[str]:
    """Return what an organisation lacks to be a candidate."""
    out, trust = [], trusting(row, t)
    if row["top_share"] < t["backbone_top_share"]:
        out.append(f"among the top three in {row['top_share']:.0%} of the networks drawn")
    if row["constraint"] is None or row["constraint"] >= own["network"]["median_constraint"]:
        out.append("its partners know one another already")
    if "community" not in trust:
        out.append("not shown to be trusted by community groups")
    elif len(trust) < 2:
        out.append("trusted by one sector only")
    return out


def _bridges(own: dict) -> list[Finding]:
    missing = own["network"]["bridges"]["missing"]
    if not missing:
        return []
    total = own["network"]["bridges"]["services"]
    named = [f"{row['group']} ({len(row['services'])} of {total} services out of reach)" for row in missing]
    more = f"; {len(named) - MOST_BRIDGES} more lack something" if len(named) > MOST_BRIDGES else ""
    return [
        Finding(
            AREA,
            "convene",
            "Bring together those who work with a group of people and those who give a service that is out of its reach: no path of"
            f" {WITHIN} ties or fewer runs between them. Begin with {_listed(named[:MOST_BRIDGES])}{more}. Ask the people first which of these"
            " services they want.",
            "One organisation that works with both.",
            trace=("local:institutions",),
            heard="the organisations; which services the people want was not asked",
            key="institutions:bridges",
            title="Missing bridges",
            flip="one new tie between the two sides",
        )
    ]


def _conditions(own: dict) -> list[Finding]:
    given = [row for row in own.get("conditions", []) if row["state"] != "not said"]
    absent = [row["condition"] for row in given if row["state"] == "absent"]
    declared = [row["condition"] for row in given if row["state"] == "declared"]
    if not absent:
        return []
    words = f"Of the five conditions of working together, partners say that {_listed(absent)} {_is(absent)} absent: meet and agree who sees to it."
    if declared:
        words += f" For {_listed(declared)} there is a declaration and no proof."
    return [
        Finding(
            AREA,
            "convene",
            words,
            "Proof that the condition is there: a document, a meeting that is held, a figure that partners watch together.",
            trace=("local:institutions",),
            heard="the partners, about themselves",
            key="institutions:conditions",
            title="The five conditions of working together",
        )
    ]


def _is(words: list[str]) -> str:
    return "is" if len(words) == 1 else "are"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
