"""What people said, as counts of themes: never a word of theirs, and never a number of fewer than eight people.

A theme's people are counted from below. Within one session the largest number that any one passage gives is taken,
since the same people may stand behind several passages; a passage without a number is one person. Sessions add up.
A conversation with one person counts as a person, not as a session: the number of sessions would tell the number of
people. Where two coders read a passage, the themes of the first (by letter) count, and the other's measure agreement.
"""

from __future__ import annotations

import re

import pandas as pd

from . import agreement, disclosure
from .pack import Pack

BASE, RUN, NEW_INFORMATION = 4, 2, 0.05  # Guest, Namey and Chen (2020), PLoS ONE 15(5) e0232076
DIRECTIONS = ("need", "strength", "help themselves")


def results(pack: Pack) -> dict:
    """Return what was heard, where, from how many, how far coders agree, and who was not heard; {} where nothing is."""
    if not (pack.has("listening") or pack.has("sessions") or pack.has("not_heard")):
        return {}
    every = pack.table("sessions")
    refused = every[every["consent"] == "none"]["session"]
    sessions = every[~every["session"].isin(refused)]
    said = pack.table("listening")
    said = said[said["session"].isin(sessions["session"])].merge(
        sessions[["session", "date", "place", "method", "people", "who"]], on="session", suffixes=("", "_there")
    )
    said = said.assign(key=said["theme"].map(_plain))
    counted = _first_coder(said)
    return {
        "heard": _heard(sessions, len(refused)),
        "themes": themes(counted),
        "agreement": agreed(said),
        "saturation": saturation(counted, sessions),
        "not_heard": pack.table("not_heard")[["who", "why", "next_step"]].to_dict("records"),
    }


def _plain(theme: str) -> str:
    """Return a theme as it is compared: two spellings that differ in capitals and spaces are one."""
    return " ".join(theme.split()).casefold()


def _first_coder(said: pd.DataFrame) -> pd.DataFrame:
    first = said.groupby(["session", "passage"])["coder"].transform("min")
    return said[said["coder"] == first]


def _heard(sessions: pd.DataFrame, refused: int) -> dict:
    """Return how many sessions and people there were, in all and by method, place and group.

    The numbers of people are protected together, since those of each breakdown make the total.
    """
    groups = {name: dict(tuple(sessions.groupby(name))) for name in ("method", "place", "who")}
    counts = {(name, part): rows["people"].sum() for name, parts in groups.items() for part, rows in parts.items()}
    sums = [("all", [(name, part) for part in parts]) for name, parts in groups.items() if parts]
    people = disclosure.protect(counts | {"all": sessions["people"].sum()}, sums)

    def of(rows: pd.DataFrame, key) -> dict:
        return {"sessions": int((rows["people"] > 1).sum()), "people": people[key]}

    dates = sorted(sessions["date"])
    return {
        **of(sessions, "all"),
        "places": int(sessions["place"].nunique()),
        "first": dates[0][:7] if dates else "",
        "last": dates[-1][:7] if dates else "",
        "talks_with_one": bool((sessions["people"] == 1).any()),
        "without_consent": int(refused),
        **{
            f"by_{name}": [{name: part, **of(rows, (name, part))} for part, rows in parts.items()]
            for name, parts in groups.items()
        },
    }


def people(passages: pd.DataFrame) -> int:
    """Return the least number of people who stand behind passages: the largest of each session, added up.

    Columns: session, people (nan where not counted), people_there (in the session).
    """
    most = passages.assign(n=passages["people"].fillna(1)).groupby("session")[["n", "people_there"]].max()
    return int(most.min(axis=1).sum())


def themes(counted: pd.DataFrame) -> list[dict]:
    """Return each theme in each direction, with how many people, sessions, places and methods, and its indicator.

    The most widely heard, by the number of different groups of people, come first; then by name.
    """
    out = []
    for (key, direction), passages in counted.groupby(["key", "direction"]):
        bears = passages[passages["indicator"] != ""]
        out.append(
            {
                "id": re.sub(r"[\W_]+", "-", f"{direction} {key}".casefold()).strip("-"),
                "theme": " ".join(passages["theme"].iloc[0].split()),
                "direction": direction,
                "people": disclosure.shown(people(passages)),
                "sessions": int(passages.loc[passages["people_there"] > 1, "session"].nunique()),
                "places": int(passages["place"].nunique()),
                "groups": int(passages["who"].nunique()),
                "methods": sorted(set(passages["method"])),
                "indicators": [
                    {"indicator": name, "says": _merged(set(part["says"]) - {""})}
                    for name, part in bears.groupby("indicator")
                ],
                "_order": (-passages["who"].nunique(), key),
            }
        )
    out.sort(key=lambda theme: (DIRECTIONS.index(theme["direction"]), theme["_order"]))
    return [{k: v for k, v in theme.items() if k != "_order"} for theme in out]


def _merged(words: set[str]) -> str:
    """Return what passages say together of one indicator: mixed where they differ, nothing where none says."""
    return next(iter(words)) if len(words) == 1 else "mixed" if words else ""


def agreed(said: pd.DataFrame) -> dict:
    """Return the alpha of the coders over the passages that two or more of them read, with its verdict.

    What a coder gives to a passage is the set of its themes; two sets lie apart by what they do not share.
    """
    given = said.groupby(["session", "passage", "coder"])["key"].agg(frozenset)
    units = [list(part) for _, part in given.groupby(level=["session", "passage"])] if len(given) else []
    found = agreement.alpha(units, agreement.overlap)
    coders = int(said["coder"].nunique())
    rounded = {k: (None if found[k] != found[k] else round(found[k], 3)) for k in ("alpha", "lower", "upper")}
    return {**rounded, "passages": found["units"], "coders": coders, "verdict": agreement.verdict(found)}


def saturation(counted: pd.DataFrame, sessions: pd.DataFrame) -> dict:
    """Return the new themes of each session in the order of their dates, and whether new ones still come.

    New information is the themes that are new in the last two sessions, as a share of those of the first four; at 5%
    or less the themes are taken as heard. With fewer than six sessions it cannot be told. What one person said alone
    counts with the session that follows, or with the last.
    """
    order = sessions.sort_values(["date", "session"], kind="stable")
    said = counted.groupby("session")["key"].agg(set)
    steps: list[tuple[str, set[str]]] = []
    waiting: set[str] = set()
    for row in order.itertuples():
        waiting |= said.get(row.session, set())
        if row.people > 1:
            steps.append((row.date[:7], waiting))
            waiting = set()
    if steps and waiting:
        steps[-1] = (steps[-1][0], steps[-1][1] | waiting)
    seen: set[str] = set()
    new = []
    for month, here in steps:
        new.append({"month": month, "new": len(here - seen), "themes": len(here | seen)})
        seen |= here
    base = new[BASE - 1]["themes"] if len(new) >= BASE else 0
    share = sum(n["new"] for n in new[-RUN:]) / base if len(new) >= BASE + RUN and base else None
    verdict = "cannot tell" if share is None else "heard" if share <= NEW_INFORMATION else "new ones still come"
    return {"sessions": new, "base": base, "share": None if share is None else round(share, 4), "verdict": verdict}
