"""What bundles hold on outcomes: files that all localities share, and the trends of each."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import pandas as pd

from . import catalogue, change_pairs, funnels, outcome_lists, outcome_trends
from .geography import Register
from .worked_out import NOTHING, Memory, Rows


def shared(
    rows: pd.DataFrame, register: Register, early_late: pd.DataFrame, deflator: pd.DataFrame, memory: Memory = NOTHING
) -> dict[str, str]:
    """Return {file: text} of what the outcomes of all localities rest on; a folder says which chapter alone reads it. `rows`: bundles.measured."""
    indicators = catalogue.indicators()
    outcomes = {i.id: i for i in indicators.values() if i.chapter == "outcomes"}
    changing = {name: i for name, i in indicators.items() if name in change_pairs.OUTCOMES}

    def only(names: Iterable[str]) -> Rows:
        return Rows(rows, np.flatnonzero(rows["indicator"].isin(list(names))))

    pairs = (only([*changing, change_pairs.POPULATION]), register, changing, early_late, deflator)
    content = {
        "outcomes/funnels": memory.call(funnels.of_outcomes, only(outcomes), register, outcomes),
        "outcomes/change_pairs": memory.call(change_pairs.of_spend_and_outcomes, *pairs),
        "activities_outcomes_costs": outcome_lists.three(indicators),
        "outcomes/local_outcomes_framework": outcome_lists.framework(indicators),
    }
    return {f"{name}.json": _text(record) for name, record in content.items()}


def trends(rows: pd.DataFrame, register: Register, memory: Memory = NOTHING) -> dict[str, str]:
    """Return {area code: text of outcome_trends.json}, a record for each outcome with a value."""
    table = outcome_trends.of_outcomes(rows, register, catalogue.indicators(), memory)
    return dict.fromkeys(register.localities["area_code"], "{}\n") | memory.call(_by_area, table)


def _by_area(table: pd.DataFrame) -> dict[str, str]:
    """Return {area code: the text of its records}."""
    numbers = ["value", "lower", "upper", "mean"]
    table = table.assign(**{name: table[name].astype(float).round(6) for name in numbers})
    records: dict[str, dict] = {}
    for row in table.astype(object).where(table.notna(), None).to_dict("records"):
        records.setdefault(row.pop("area_code"), {})[row.pop("indicator")] = row
    return {code: _text(own) for code, own in records.items()}


def _text(record: dict) -> str:
    """Return one line for each key, so that a change of one is a change of one line."""
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in record.items())
    return "{\n" + lines + "\n}\n"
