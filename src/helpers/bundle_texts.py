"""The text of a bundle's files: the same values are the same bytes."""

from __future__ import annotations

import json

import pandas as pd

DECIMALS = 6


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as the text of a bundle's file: six decimals, no more than twelve digits."""
    return frame.round(DECIMALS).to_csv(index=False, lineterminator="\n", float_format="%.12g")


def json_text(content: object) -> str:
    """Return plain values as the text of a bundle's file."""
    return json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n"
