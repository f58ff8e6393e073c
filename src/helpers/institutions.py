"""Who works with whom: which organisations stand between others, which groups no service reaches, what there is.

Names of organisations and the ties between them are shown; how far one trusts another is not. Trust is told only as
the middle answer of two or more organisations of one sector.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import disclosure, network
from .pack import TABLES, Pack

CONDITIONS = TABLES["conditions"].column("condition").words
KINDS = TABLES["register"].column("kind").words
LEAST_RATINGS = 2  # of one sector: the answer of a single organisation is not shown
WITHIN = 2  # ties from a group of people to a service, at most


def results(pack: Pack) -> dict:
    """Return the network, the register, the five conditions and the assets of a pack; {} where it has none of them.

    `rows` holds the organisations: with their measures where ties are known, otherwise as they were given. With ties,
    only those that were asked or named are there.
    """
    wanted = ("organisations", "ties", "register", "conditions", "assets")
    if not any(pack.has(name) for name in wanted):
        return {}
    organisations, ties = pack.table("organisations"), pack.table("ties")
    if len(ties):  # one that was not asked and that nobody named stands outside
        named = {*ties["organisation"], *ties["works_with"]}
        organisations = organisations[(organisations["asked"] == "yes") | organisations["organisation"].isin(named)]
    organisations = organisations.sort_values("name", key=lambda s: s.str.casefold())
    rows, found = _network(organisations.reset_index(drop=True), ties)
    return {
        "rows": rows,
        "network": found,
        "register": register(pack.table("register")),
        "conditions": conditions(pack.table("conditions")),
        "assets": assets(pack.table("assets")),
    }


def _network(organisations: pd.DataFrame, ties: pd.DataFrame) -> tuple[list[dict], dict]:
    """Return the organisations with their measures, and what is known of the network; {} where no tie is."""
    known = [
        {
            "id": o.organisation,
            "name": o.name,
            "type": o.type,
            "sector": o.sector,
            "reach": None if o.reach != o.reach else disclosure.shown(round(o.reach)),
            "reach_given": o.reach == o.reach,
            "answered": o.answered == "yes",
        }
        for o in organisations.itertuples()
    ]
    if ties.empty:
        return known, {}
    nodes = organisations["organisation"].tolist()
    pairs = list(zip(ties["organisation"], ties["works_with"], strict=True))
    graph = network.matrix(nodes, pairs)
    found, places = network.standing(graph), network.layout(graph)
    asked, answered = (organisations["asked"] == "yes"), (organisations["answered"] == "yes")
    trust = trusted(organisations, ties)
    middle = np.nanmedian(found["constraint"]) if np.isfinite(found["constraint"]).any() else float("nan")
    rows = [
        {
            **row,
            "ties": int(graph[i].sum()),
            "x": float(places[i][0]),
            "y": float(places[i][1]),
            "trust": trust.get(row["id"], {}),
            **{name: _number(values[i]) for name, values in found.items()},
        }
        for i, row in enumerate(known)
    ]
    named = set(pairs)
    lines = sorted({tuple(sorted(pair, key=nodes.index)) for pair in pairs if pair[0] != pair[1]})
    replied = set(organisations.loc[answered, "organisation"])
    return rows, {
        "asked": int(asked.sum()),
        "answered": int((asked & answered).sum()),
        "draws": network.RESAMPLES,
        "left_out": network.LEFT_OUT,
        "median_constraint": _number(middle),
        "ties": [[a, b, (a, b) in named and (b, a) in named] for a, b in lines],
        "both_asked": sum(a in replied and b in replied for a, b in lines),
        "first": min(ties["asked_on"]),
        "last": max(ties["asked_on"]),
        "bridges": bridges(organisations, graph),
    }


def _number(value: float) -> float | None:
    return None if value != value else round(float(value), 4)


def trusted(organisations: pd.DataFrame, ties: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return {organisation: {sector: middle answer}} of how far each sector trusts it, from two answers or more."""
    rated = ties[ties["trust"].notna() & (ties["organisation"] != ties["works_with"])]
    sector = organisations.set_index("organisation")["sector"]
    groups = rated.assign(sector=rated["organisation"].map(sector)).groupby(["works_with", "sector"])["trust"]
    out: dict[str, dict[str, float]] = {}
    for (organisation, name), answers in groups:
        if len(answers) >= LEAST_RATINGS:
            out.setdefault(organisation, {})[name] = float(answers.median())
    return out


def bridges(organisations: pd.DataFrame, graph: np.ndarray) -> dict:
    """Return {groups, services, missing}: each group of people, and the services with no path of two ties to it.

    A path runs from any organisation that serves the group to any that gives the service; one organisation that does
    both is a path of none. `missing` holds {group, services: [[service, ties on the shortest path, or None]]}, the
    group that lacks most first.
    """
    far = network.steps(graph)
    serves = {g: part.index.to_numpy() for g, part in organisations.groupby("serves") if g}
    offers = {s: part.index.to_numpy() for s, part in organisations.groupby("offers") if s}
    missing = []
    for group, these in serves.items():
        nearest = {service: far[np.ix_(these, those)].min() for service, those in offers.items()}
        lacking = [[s, None if np.isinf(n) else int(n)] for s, n in nearest.items() if n > WITHIN]
        if lacking:
            missing.append({"group": group, "services": lacking})
    missing.sort(key=lambda row: (-len(row["services"]), row["group"]))
    return {"groups": len(serves), "services": len(offers), "missing": missing}


def candidates(content: dict, thresholds: dict) -> tuple[list[dict], str]:
    """Return the organisations that could be a backbone, by name, and in words why there are none.

    Each must stay among the top three by betweenness in at least `backbone_top_share` of the resampled networks, have
    a constraint below the median, and be trusted (a middle answer of `backbone_trust` or more) by two sectors or more,
    community groups among them. There are two or more of them, or none: one alone leaves no choice.
    """
    found = content.get("network", {})
    if not found:
        return [], "nobody has asked the organisations here whom they work with"
    share = found["answered"] / found["asked"] if found["asked"] else 0.0
    if share < thresholds["network_response"]:
        return [], (
            f"{found['answered']} of the {found['asked']} organisations that were asked have answered ({share:.0%});"
            f" below {thresholds['network_response']:.0%} the network is not judged"
        )
    central = [
        o
        for o in content["rows"]
        if o["top_share"] >= thresholds["backbone_top_share"]
        and o["constraint"] is not None
        and o["constraint"] < found["median_constraint"]
    ]
    passed = [o for o in central if len(trusting(o, thresholds)) >= 2 and "community" in trusting(o, thresholds)]
    if len(passed) >= 2:
        return passed, ""
    return [], (
        f"{_count(len(central))} between the others, however the ties are drawn, and"
        f" {f'{len(passed)} of them is' if passed else 'none of them is'} also trusted by two sectors, community groups among them; two are needed,"
        " so that there is a choice"
    )


def trusting(organisation: dict, thresholds: dict) -> list[str]:
    """Return the sectors that trust an organisation."""
    return sorted(s for s, answer in organisation["trust"].items() if answer >= thresholds["backbone_trust"])


def _count(n: int, one: str = "organisation stands", many: str = "organisations stand") -> str:
    return f"{n or 'no'} {one if n == 1 else many}"


def register(rows: pd.DataFrame) -> list[dict]:
    """Return the register by kind of institution; a kind without a row is unknown, and says so."""
    out = []
    for kind in KINDS:
        own = rows[rows["kind"] == kind].sort_values("name", key=lambda s: s.str.casefold())
        out += own[["kind", "name", "definition", "date", "status", "postcode_district", "source"]].to_dict("records")
        if own.empty and kind != "other shared institution":
            blank = dict.fromkeys(["name", "definition", "date", "postcode_district", "source"], "")
            out.append({"kind": kind, "status": "unknown", **blank})
    return out


def conditions(rows: pd.DataFrame) -> list[dict]:
    """Return the five conditions in order. One that is called evidenced, with no proof named, counts as declared."""
    given = rows.set_index("condition")
    out = []
    for name in CONDITIONS:
        if name not in given.index:
            out.append({"condition": name, "state": "not said", "evidence": "", "date": "", "lowered": False})
            continue
        row = given.loc[name]
        lowered = row["state"] == "evidenced" and not row["evidence"]
        out.append(
            {
                "condition": name,
                "state": "declared" if lowered else row["state"],
                "evidence": row["evidence"],
                "date": row["date"],
                "lowered": lowered,
            }
        )
    return out


def assets(rows: pd.DataFrame) -> list[dict]:
    """Return what there is by kind: how many, in which postcode districts, which by name, from which list of when."""
    out = []
    for kind, own in rows.groupby("kind"):
        where = own.groupby("postcode_district")["how_many"].sum()
        out.append(
            {
                "kind": kind,
                "how_many": int(own["how_many"].sum()),
                "districts": {d or "no district given": int(n) for d, n in where.items()},
                "names": sorted(
                    ([n, d] for n, d in zip(own["name"], own["postcode_district"], strict=True) if n),
                    key=lambda pair: pair[0].casefold(),
                ),
                "sources": sorted({(s, d) for s, d in zip(own["source"], own["source_date"], strict=True)}),
            }
        )
    return out
