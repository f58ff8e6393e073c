"""What is worked out of spend for all localities at once, when bundles are built: reconciled sums, and what to expect."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import pandas as pd

from . import expected, periods, spend
from .geography import Register
from .schemas import PRESENT

POUNDS = {"gbp": 1.0, "gbp_thousand": 1000.0}
SMALL = 20_000  # residents; below this one family can move spend per head, and bend the pattern for all others
CHILDREN = ("children_income_deprivation", "children_relative_poverty_bhc", "share_under_18")
EVERYONE = ("deprivation_score", "share_under_18", "share_65_plus")
PREDICTORS = {
    # need alone, from outside the council: never spend, and never what services achieve
    "children_income_deprivation": "children in income-deprived families",
    "children_relative_poverty_bhc": "children in households on low incomes",
    "deprivation_score": "the deprivation score",
    "share_under_18": "the share of people who are under 18",
    "share_65_plus": "the share of people who are 65 or older",
}


@dataclass(frozen=True)
class Measure:
    """A sum of spend that is held against need: its parts, whom it is divided by, and the predictors."""

    id: str
    title: str
    per: str
    population: str
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    predictors: tuple[str, ...]
    counties: bool  # a county council leaves many services to its districts: False where that would spoil the sum
    note: str = ""


COUNCIL_NOTE = "Without education, since academies are paid by the government, and without police and fire, which few councils run."
LEFT_OUT = ("rsx_education", "rsx_police", "rsx_fire")


def measures_of(classification: pd.DataFrame) -> list[Measure]:
    """Return the sums of spend that are held against need: late and early help for children, and the council's net."""
    lines = classification[classification["account"] == "s251"]
    late, early = (tuple(lines.loc[lines["stage"] == stage, "indicator"]) for stage in ("late", "early"))
    child = ("a child", "population_0_17")
    return [
        Measure("late", "Late help for children", *child, late, (), CHILDREN, True),
        Measure("early", "Early help for children", *child, early, (), CHILDREN, True),
        Measure(
            "council",
            "The council's services, net",
            "a head",
            "population_all_ages",
            ("rsx_total",),
            LEFT_OUT,
            EVERYONE,
            False,
            COUNCIL_NOTE,
        ),
    ]


def indicators_of(classification: pd.DataFrame) -> set[str]:
    """Return the indicators that `early_late` and `given_need` look at."""
    found = {*classification["indicator"], *PREDICTORS}
    found |= {f"population_{who}" for who in ("all_ages", "18_plus", "65_plus")}
    return found.union(*({*m.plus, *m.minus, m.population} for m in measures_of(classification)))


def early_late(
    rows: pd.DataFrame, register: Register, classification: pd.DataFrame, exceptions: pd.DataFrame
) -> pd.DataFrame:
    """Return early and late spend of every locality of England, account and year in pounds, cash (spend.reconcile's columns).

    Raises DataError where the lines of an account do not make its published total.
    """
    own = rows[rows["indicator"].isin(classification["indicator"])]
    own = own[own["area_code"].isin(register.england["area_code"])]
    own = own.assign(value=own["value"].where(own["status"].isin(PRESENT)) * own["unit"].map(POUNDS).astype(float))
    return pd.concat(
        [
            spend.reconcile(own, classification, account, exceptions, register.names).assign(account=account)
            for account in classification["account"].unique()
        ],
        ignore_index=True,
    )


def given_need(
    rows: pd.DataFrame, register: Register, classification: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, dict]]:
    """Return what each locality of England spends a head beside what its need lets one expect, and how well need tells spend.

    Columns: measure, area_code, actual, expected, low, high (£ a head, cash), studentised, why (why there is no
    comparison; else empty). The records, by measure: title, per, year, heads (when people were counted), n, r_squared, outside (how many places lie
    outside their interval), and the predictors with their dates. Of each predictor the newest year is taken.
    """
    places = register.england.set_index("area_code")
    present = rows[rows["status"].isin(PRESENT) & rows["area_code"].isin(places.index)]
    by_indicator = dict(tuple(present.groupby("indicator")))
    tables, records = [], {}
    for measure in measures_of(classification):
        table, record = _one(measure, by_indicator, places)
        tables.append(table.rename_axis("area_code").reset_index().assign(measure=measure.id))
        records[measure.id] = record
    columns = ["measure", "area_code", "actual", "expected", "low", "high", "studentised", "why"]
    return pd.concat(tables, ignore_index=True)[columns], records


def _one(measure: Measure, by_indicator: dict[str, pd.DataFrame], places: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    table = pd.DataFrame(index=places.index, columns=["actual", "expected", "low", "high", "studentised"], dtype=float)
    record = {k: v for k, v in asdict(measure).items() if k in ("title", "per", "note")}
    record |= {"year": "", "heads": "", "n": 0, "r_squared": None, "outside": 0, "predictors": []}
    needed = [*measure.plus, *measure.minus, measure.population, "population_all_ages", "population_18_plus"]
    needed += [p for p in measure.predictors if not p.startswith("share_")]
    if "share_65_plus" in measure.predictors:
        needed.append("population_65_plus")
    absent = [i for i in needed if i not in by_indicator]
    if absent:
        return table.assign(why=f"this edition has no figures for {', '.join(absent)}"), record

    year = by_indicator[measure.plus[0]]["period"].max()
    money = [_values(by_indicator[i], year) for i in (*measure.plus, *measure.minus)]
    signs = [1] * len(measure.plus) + [-1] * len(measure.minus)
    scale = POUNDS[by_indicator[measure.plus[0]]["unit"].iloc[0]]
    spent = sum(sign * part.reindex(places.index) for sign, part in zip(signs, money, strict=True)) * scale
    counted = _nearest(by_indicator[measure.population], year)
    heads = _values(by_indicator[measure.population], counted)
    everyone = _newest(by_indicator["population_all_ages"])
    need = pd.DataFrame({name: _need(name, by_indicator) for name in measure.predictors}).reindex(places.index)
    table["actual"] = spent / heads.reindex(places.index)

    table["why"] = ""
    small = ~(everyone.reindex(places.index) >= SMALL)
    table.loc[need.isna().any(axis=1), "why"] = "a figure on need is missing"
    table.loc[~(table["actual"] > 0), "why"] = "a figure on spend is missing"
    table.loc[small, "why"] = f"fewer than {SMALL:,} people live here"
    if not measure.counties:
        table.loc[places["kind"] == "county council", "why"] = "in a county, districts run many of these services"
    used = table.index[table["why"] == ""]
    record |= {"year": periods.label(year), "heads": periods.label(counted)}
    record["predictors"] = [_named(name, by_indicator) for name in measure.predictors]
    if len(used) < expected.MIN_PLACES:
        table.loc[used, "why"] = f"only {len(used)} places have all figures"
        return table, record
    found = expected.spend_given_need(table.loc[used, "actual"], need.loc[used])
    table.loc[used, list(found.rows.columns)] = found.rows
    outside = (table["actual"] > table["high"]) | (table["actual"] < table["low"])
    return table, record | {"n": found.n, "r_squared": found.r_squared, "outside": int(outside.sum())}


def _values(frame: pd.DataFrame, period: str) -> pd.Series:
    return frame[frame["period"] == period].set_index("area_code")["value"]


def _newest(frame: pd.DataFrame) -> pd.Series:
    return _values(frame, frame["period"].max())


def _nearest(frame: pd.DataFrame, year: str) -> str:
    """Return the population's period in the year that the financial year begins in; else the newest."""
    same = [p for p in frame["period"].unique() if p[:4] == year[:4]]
    return same[0] if same else frame["period"].max()


def _need(name: str, by_indicator: dict[str, pd.DataFrame]) -> pd.Series:
    if not name.startswith("share_"):
        return _newest(by_indicator[name])
    everyone = _newest(by_indicator["population_all_ages"])
    adults = _newest(by_indicator["population_18_plus"])
    part = everyone - adults if name == "share_under_18" else _newest(by_indicator["population_65_plus"])
    return 100 * part / everyone


def _named(name: str, by_indicator: dict[str, pd.DataFrame]) -> dict[str, str]:
    source = "population_all_ages" if name.startswith("share_") else name
    return {"words": PREDICTORS[name], "when": periods.label(by_indicator[source]["period"].max())}
