"""What the bundles of all localities share: catalogue, sources, prices, and the figures across localities.

What only one chapter reads stands in a folder of its name, so that a change of it is a reason to run that chapter alone.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from . import appraisal, barriers, catalogue, corrections, outcome_bundle, paths, schemas, spend_tables
from .bundle_texts import csv_text, json_text
from .geography import NATIONS, Register
from .schemas import PRESENT
from .worked_out import NOTHING, Memory


def write(
    rows: pd.DataFrame,
    before: pd.DataFrame,
    register: Register,
    edition: str,
    common: Path,
    folder: Path,
    memory: Memory = NOTHING,
) -> None:
    """Write what all bundles share: catalogue, sources, deflator, classification, and the figures across localities."""
    deflator = schemas.read(folder / "deflator.csv", schemas.DEFLATOR)
    classification = schemas.read(paths.REFERENCE / "spend_classification.csv", schemas.CLASSIFICATION)
    nations = _nations(rows, register)
    records = {
        i.id: i.model_dump(exclude={"id", "select"}) | {"nations": nations[i.id]}
        for i in catalogue.indicators().values()
    }
    sources = {s.id: s.model_dump(exclude={"id", "reader"}) for s in catalogue.sources().values()}
    schemas.write_text(common / "indicators.json", json_text(records))
    schemas.write_text(common / "sources.json", json_text(sources))
    schemas.write_text(common / "thresholds.json", json_text(catalogue.thresholds()))
    prices = dict(zip(deflator["financial_year"], deflator["index"], strict=True))
    schemas.write_text(common / "deflator.json", json_text(prices))  # small tables: JSON is read ten times as fast
    schemas.write_text(common / "classification.json", json_text(classification.to_dict("list")))
    exceptions = schemas.read(paths.REFERENCE / "spend_exceptions.csv", schemas.SPEND_EXCEPTIONS)
    about_spend = spend_tables.indicators_of(classification)
    money, money_before = (table[table["indicator"].isin(about_spend)] for table in (rows, before))
    early_late = memory.call(spend_tables.early_late, money, register, classification, exceptions)
    schemas.write_text(common / "early_late.csv", csv_text(early_late))
    for name, text in outcome_bundle.shared(rows, register, early_late, deflator, memory).items():
        schemas.write_text(common / name, text)
    for end, table in (("", money), ("_before", money_before)):
        expected, models = memory.call(spend_tables.given_need, table, register, classification)
        schemas.write_text(common / f"expected{end}.csv", csv_text(expected))
        if not end:
            schemas.write_text(common / "expected_models.json", json_text(models))
    slugs = dict(zip(register.places["area_code"], register.places["slug"], strict=True))
    own = register.own["area_code"].tolist()  # places without public figures, which are in no sum and no spread
    schemas.write_text(common / "corrections.json", json_text(corrections.read().to_dict("records")))
    schemas.write_text(common / "studies.json", json_text([study.model_dump() for study in appraisal.register()]))
    schemas.write_text(common / "barriers.json", json_text(barriers.of_all()))
    schemas.write_text(common / "edition.json", json_text({"edition": edition, "slugs": slugs, "own": own}))


def _nations(rows: pd.DataFrame, register: Register) -> dict[str, list[str]]:
    """Return {indicator: the nations of which any locality has a value}."""
    letter = dict(zip(register.localities["area_code"], register.localities["region_code"].str[0], strict=True))
    have = rows.loc[rows["status"].isin(PRESENT), ["indicator", "area_code"]]
    have = have.assign(letter=have["area_code"].map(letter))[["indicator", "letter"]].drop_duplicates()
    pairs = set(have.itertuples(index=False, name=None))
    return {i: [name for first, (_, name) in NATIONS.items() if (i, first) in pairs] for i in catalogue.indicators()}
