"""The people of one programme, as analyses see them: gates passed, need as a number, what counts as a good outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .pack.model import Pack

GATES = ("eligible", "referred", "enrolled", "completed")
BANDS = ("high", "medium", "low", "not known")
NEED = {"low": 1.0, "medium": 2.0, "high": 3.0, "not known": np.nan}
CLEAR_GAIN = 0.5  # standard deviations before, where no payment line says what is good (Norman 2003, Medical Care 41)


def of(pack: Pack, programme: pd.Series) -> pd.DataFrame:
    """Return the rows of table participants of one programme, with what is worked out of them.

    Further columns: passed_<gate> (also all gates before it), need (the score, or 1 to 3 for the band where nobody of
    the programme has a score), helped (true in the arm that is offered the programme), gain (change of the measure,
    good is positive), good (1 or 0; nan where it cannot be told), year_number.
    """
    people = pack.table("participants")
    people = people[people["programme"] == programme["programme"]].reset_index(drop=True)
    passed = pd.Series(True, index=people.index)
    for gate in GATES:
        passed = passed & (people[gate] == "yes")
        people[f"passed_{gate}"] = passed
    scored = people["need_score"].notna().any()
    people["need"] = people["need_score"] if scored else people["need_band"].map(NEED).astype(float)
    people["helped"] = people["arm"] == "programme"
    people["year_number"] = people["year"].str[:4].astype(float)
    sign = direction(programme)
    people["gain"] = sign * (people["follow_up"] - people["baseline"])
    people["good"] = good(people, programme)
    return people


def direction(programme: pd.Series) -> int:
    """Return 1 where a high measure is good and -1 where a low one is; 1 where it is not said."""
    return -1 if programme["measure_better"] == "low" else 1


def good(people: pd.DataFrame, programme: pd.Series) -> pd.Series:
    """Return 1 for each person at or over the payment line, or who gained half a standard deviation; nan where lost."""
    line, sign = programme["payment_line"], direction(programme)
    if line == line:
        found = sign * (people["follow_up"] - line) >= 0
        known = people["follow_up"].notna()
    else:
        found = people["gain"] >= CLEAR_GAIN * people["baseline"].std(ddof=1)
        known = people["gain"].notna()
    return found.astype(float).where(known)


def good_in_words(programme: pd.Series) -> str:
    """Return what a good outcome is here, for a reader."""
    line = programme["payment_line"]
    if line == line:
        return f"a measure of {line:g} or {'less' if direction(programme) < 0 else 'more'} afterwards"
    return "a measure better by half a standard deviation or more"


def groups(people: pd.DataFrame, design: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return those helped and those to compare them with.

    In a randomised trial everybody counts in the group of the draw, whether or not they came. Otherwise those who
    started are compared with the comparison group.
    """
    offered = people[people["helped"]]
    helped = offered if design == "randomised" else offered[offered["passed_enrolled"]]
    return helped, people[~people["helped"]]
