"""Area 3: is money moving toward late help, and is the place unlike its neighbours in it?"""

from __future__ import annotations

from ..evidence import Evidence
from . import Finding, _elsewhere

AREA = 3


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return "test" or "watch" on a shift toward earlier help, or "cannot say" where a line of spend is missing."""
    if e.nation != "England":
        return _elsewhere.learning(e)
    own = e.early_late[(e.early_late["area_code"] == e.place["area_code"]) & (e.early_late["account"] == "s251")]
    have = own[own["early_share"].notna()]
    if len(have) < 2:
        return [
            Finding(
                AREA,
                "cannot say",
                f"The early share of children's spend in {e.name} cannot be followed: fewer than two years have every line.",
                "The council's Section 251 return for the missing years.",
            )
        ]
    first, last = have.iloc[0], have.iloc[-1]
    fall = first["early_share"] - last["early_share"]
    trace = tuple(
        e.classification.loc[
            (e.classification["account"] == "s251") & e.classification["stage"].isin(["early", "late"]), "indicator"
        ]
    )
    story = (
        f"The early share of {e.name}'s spend on early and late help for children was {first['early_share']:.1f}% in"
        f" {first['financial_year']} and {last['early_share']:.1f}% in {last['financial_year']}"
    )
    learning = (
        "A newer return, or another reading of which lines are early. No open data shows activity,"
        " outcome and cost of one service side by side in the same year, so whether earlier help would have avoided late"
        " help here is not known."
    )
    if fall >= thresholds["early_share_fall_points"]:
        return [
            Finding(
                AREA,
                "test",
                f"{story}: a fall of {fall:.1f} points, which reaches the threshold of"
                f" {thresholds['early_share_fall_points']} points. A shift back toward earlier help is worth testing, with"
                " a comparison group, before it is spread.",
                learning,
                trace,
            )
        ]
    change = f"a fall of {fall:.1f} points" if fall > 0 else f"a rise of {-fall:.1f} points"
    return [
        Finding(
            AREA,
            "watch",
            f"{story}: {change}, short of the threshold of {thresholds['early_share_fall_points']} points.",
            learning,
            trace,
        )
    ]
