"""What bundles hold on outcomes: files that all localities share, and the trends of each."""

from __future__ import annotations

import json

import pandas as pd

from . import catalogue, change_pairs, funnels, outcome_lists, outcome_trends
from .geography import Register


def shared(rows: pd.DataFrame, register: Register, early_late: pd.DataFrame, deflator: pd.DataFrame) -> dict[str, str]:
    """Return {file name: text} of what the outcomes of all localities rest on. `rows`: bundles.measured."""
    indicators = catalogue.indicators()
    content = {
        "funnels": funnels.of_outcomes(rows, register, indicators),
        "change_pairs": change_pairs.of_spend_and_outcomes(rows, register, indicators, early_late, deflator),
        "activities_outcomes_costs": outcome_lists.three(indicators),
        "local_outcomes_framework": outcome_lists.framework(indicators),
    }
    return {f"{name}.json": _text(record) for name, record in content.items()}


def trends(rows: pd.DataFrame, register: Register) -> dict[str, str]:
    """Return {area code: text of outcome_trends.json}, a record for each outcome with a value."""
    table = outcome_trends.of_outcomes(rows, register, catalogue.indicators())
    numbers = ["value", "lower", "upper", "mean"]
    table[numbers] = table[numbers].astype(float).round(6)
    found = dict.fromkeys(register.localities["area_code"], "{}\n")
    for code, part in table.groupby("area_code"):
        records = part.drop(columns="area_code").set_index("indicator").astype(object)
        found[code] = _text(records.where(records.notna(), None).to_dict("index"))
    return found


def _text(record: dict) -> str:
    """Return one line for each key, so that a change of one is a change of one line."""
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in record.items())
    return "{\n" + lines + "\n}\n"
