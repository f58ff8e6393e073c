"""What an edition said, frozen small, and what the next one changed and why: new data, revised, redefined, recoded, method.

A frozen edition holds, for each locality and indicator, the newest value and a fingerprint of the whole series; how each
indicator was defined and worked out; the thresholds; and the findings. That is enough to name every change, and to say
what a newest value was; older values are not kept twice, since the publishers keep them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from . import catalogue, paths, periods, schemas
from .schemas import PRESENT, DataError

EDITIONS = paths.DATA / "editions"
FORM = "handbook-edition-1"
FIGURES = "figures.csv.gz"
KINDS = {
    "new data": "a newer period has been published",
    "revised": "the publisher changed a figure that was already there",
    "redefined": "the indicator, its source or its unit is another than before",
    "recoded": "the place has another code, and the same figures",
    "method": "we work it out in another way",
    "new indicator": "this was not in the edition before",
    "gone": "this is no longer in the figures",
}
MEANING = ("source", "select", "unit", "definition")  # another of these: redefined
WORKING = ("method", "districts", "polarity")  # another of these: method
CHANGES = ["area_code", "indicator", "kind", "period", "value", "period_before", "value_before"]
FLIPS = ["area_code", "key", "title", "before", "after", "why"]


@dataclass(frozen=True)
class Edition:
    """An edition as it was frozen, or the present one in the same form."""

    edition: str
    figures: pd.DataFrame  # area_code, indicator, period, value (newest), series (fingerprint)
    definitions: dict[str, dict]  # {indicator: {title, meaning, working}}
    thresholds: dict[str, float]
    findings: pd.DataFrame  # area_code, key, title, status, trace
    rules: str  # fingerprint of the code of the rules


def _short(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:12]


def definitions() -> dict[str, dict]:
    """Return for each indicator its title and fingerprints of what it means and how it is worked out."""
    return {
        i.id: {
            "title": i.title,
            "meaning": _short([getattr(i, key) for key in MEANING]),
            "working": _short([getattr(i, key) for key in WORKING]),
        }
        for i in catalogue.indicators().values()
    }


def rules_code() -> str:
    """Return a fingerprint of the modules of the rules."""
    files = sorted((Path(__file__).parent / "rules").glob("*.py"))
    return _short([path.read_text(encoding="utf-8") for path in files])


def summed(rows: pd.DataFrame, until: pd.Series | None = None) -> pd.DataFrame:
    """Return one row per area and indicator: newest period and value, and the fingerprint of the series.

    `rows`: area_code, indicator, period, value, status. `until`: by (area_code, indicator), the last period to count.
    """
    present = rows[rows["status"].isin(PRESENT) & rows["value"].notna()].sort_values(
        ["area_code", "indicator", "period"]
    )
    if until is not None:
        limit = pd.MultiIndex.from_frame(present[["area_code", "indicator"]]).map(until.to_dict())
        present = present[pd.notna(limit) & (present["period"].to_numpy() <= pd.Series(limit).fillna("").to_numpy())]
    present = present.assign(text=present["period"] + "=" + present["value"].map("{:.6g}".format))
    grouped = present.groupby(["area_code", "indicator"], sort=True)
    out = grouped.agg(period=("period", "last"), value=("value", "last"), text=("text", ";".join)).reset_index()
    out["series"] = [hashlib.sha256(text.encode()).hexdigest()[:8] for text in out["text"]]
    return out.drop(columns="text")


def of(edition: str, rows: pd.DataFrame, findings: Sequence[Mapping], thresholds: Mapping[str, float]) -> Edition:
    """Return the present edition in the form of a frozen one. `findings`: documents of helpers.findings."""
    table = [
        [d["area_code"], f["key"], f["title"], f["status"], " ".join(t["id"] for t in f["trace"])]
        for d in findings
        for f in d["findings"]
    ]
    listed = pd.DataFrame(table, columns=["area_code", "key", "title", "status", "trace"])
    return Edition(edition, summed(rows), definitions(), dict(thresholds), listed, rules_code())


def freeze(edition: Edition, folder: Path = EDITIONS) -> Path:
    """Write an edition and return its folder. Raises DataError where it stands already and says something else."""
    target = folder / edition.edition
    about = {
        "form": FORM,
        "edition": edition.edition,
        "rules": edition.rules,
        "thresholds": edition.thresholds,
        "definitions": edition.definitions,
    }
    figures = edition.figures.assign(value=edition.figures["value"].map("{:.6g}".format))
    texts = {
        FIGURES: figures.to_csv(index=False, lineterminator="\n"),
        "findings.csv": edition.findings.to_csv(index=False, lineterminator="\n"),
        "edition.json": json.dumps(about, indent=1, ensure_ascii=False, sort_keys=True)
        + "\n",  # last: it says "frozen"
    }
    different = [n for n, t in texts.items() if (target / n).exists() and _text(target / n) != t]
    if different:
        raise DataError(
            [
                f"{paths.shown(target / n)}: this edition is frozen and says something else. Release under a new day."
                for n in different
            ]
        )
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        if not name.endswith(".gz"):
            schemas.write_text(target / name, text)
        elif not (target / name).exists():
            # no time stamp in it, so that the same edition is the same bytes
            (target / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return target


def _text(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.name.endswith(".gz") else content).decode()


def read(folder: Path) -> Edition:
    """Return a frozen edition. Raises DataError for a folder that does not hold one."""
    path = folder / "edition.json"
    if not path.exists():
        raise DataError([f"{paths.shown(path)}: not found. An edition is frozen with: handbook release EDITION"])
    about = json.loads(path.read_text(encoding="utf-8"))
    if about.get("form") != FORM:
        raise DataError([f"{paths.shown(path)}: its form is {about.get('form')!r}, not {FORM}."])
    texts = {"keep_default_na": False, "dtype": str}
    figures = pd.read_csv(folder / FIGURES, **texts)
    findings = pd.read_csv(folder / "findings.csv", **texts)
    figures["value"] = figures["value"].astype(float)
    return Edition(about["edition"], figures, about["definitions"], about["thresholds"], findings, about["rules"])


def before(edition: str, folder: Path = EDITIONS) -> Edition | None:
    """Return the newest frozen edition of an earlier day; None where there is none."""
    days = sorted(p.name for p in folder.glob("*") if (p / "edition.json").exists() and p.name < edition)
    return read(folder / days[-1]) if days else None


def changed(old: Edition, new: Edition, rows: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """Return every series that changed since an edition, with the kind of the change. Columns: CHANGES.

    `rows`: the present figures, as for `summed`. `moves`: data/figures/area_changes.csv. A series can be both revised
    and new: then two rows say so. What is redefined or worked out anew is named as that alone, since its old and new
    values cannot be set against each other.
    """
    key = ["area_code", "indicator"]
    recodes = moves[moves["kind"].isin(["recode", "same_boundary"])].set_index("new_code")["old_code"]
    was, now = old.figures.set_index(key), new.figures.set_index(key)
    back = {}  # a new code's rows are compared with those of the old code
    for area in sorted(set(now.index.get_level_values(0)) - set(was.index.get_level_values(0))):
        if area in recodes.index and recodes[area] in was.index.get_level_values(0):
            back[area] = recodes[area]
    index_before = pd.MultiIndex.from_tuples([(back.get(a, a), i) for a, i in now.index], names=key)
    until = was["period"].reindex(index_before).set_axis(now.index)
    earlier = summed(rows, until.dropna()).set_index(key)["series"].reindex(now.index)
    matched = was.reindex(index_before).set_axis(now.index)
    out = []
    both = zip(now.index, now.to_dict("records"), matched.to_dict("records"), earlier, strict=True)
    for (area, indicator), value, before_, past in both:
        line = [area, indicator, value["period"], value["value"], before_["period"], before_["value"]]
        for kind in _kinds(
            old.definitions.get(indicator), new.definitions.get(indicator), value, before_, past, area in back
        ):
            out.append([*line[:2], kind, *line[2:]])
    seen = set(index_before)
    for (area, indicator), value in was.iterrows():
        if (area, indicator) not in seen and area not in back.values():
            out.append([area, indicator, "gone", "", float("nan"), value["period"], value["value"]])
    return pd.DataFrame(out, columns=CHANGES)


def _kinds(defined_was, defined_is, now: Mapping, was: Mapping, past: object, recoded: bool) -> list[str]:
    """Return the kinds of change of one series."""
    if pd.isna(was["period"]):
        return ["new indicator"]
    if defined_was and defined_is and defined_was["meaning"] != defined_is["meaning"]:
        return ["redefined"]
    if defined_was and defined_is and defined_was["working"] != defined_is["working"]:
        return ["method"]
    kinds = ["recoded"] if recoded else []
    if past != was["series"]:
        kinds.append("revised")
    if now["period"] > was["period"]:
        kinds.append("new data")
    return kinds


def flipped(old: Edition, new: Edition, changes: pd.DataFrame) -> pd.DataFrame:
    """Return the findings whose status differs from an edition's, each with why. Columns: FLIPS.

    Why: the changes of the figures it rests on (then or now); where none changed, a threshold; where none did, the rule.
    """
    key = ["area_code", "key"]
    was, now = old.findings.set_index(key), new.findings.set_index(key)
    moved = [
        f"{n}: {old.thresholds[n]:g}, now {v:g}" for n, v in new.thresholds.items() if old.thresholds.get(n, v) != v
    ]
    by_series = {k: sorted(set(v)) for k, v in changes.groupby(["area_code", "indicator"])["kind"]}
    recoded = set(changes.loc[changes["kind"] == "recoded", "area_code"])
    out = []
    for area, name in sorted(was.index.union(now.index)):
        one = was.loc[(area, name)] if (area, name) in was.index else None
        other = now.loc[(area, name)] if (area, name) in now.index else None
        before_, after = (f["status"] if f is not None else "not said" for f in (one, other))
        if before_ == after or (one is None and area in recoded):
            continue
        ids = {i for f in (one, other) if f is not None for i in f["trace"].split()}
        kinds = sorted({kind for i in ids for kind in by_series.get((area, i), [])})
        why = "; ".join(kinds)
        if not why:
            why = (
                f"a threshold changed ({'; '.join(moved)})"
                if moved
                else "method"
                if old.rules != new.rules
                else "figures of other places"
            )
        out.append([area, name, (other if other is not None else one)["title"], before_, after, why])
    return pd.DataFrame(out, columns=FLIPS)


def words(change: Mapping, title: str, shown) -> str:
    """Return one change in a sentence. `shown(value)`: the value with its unit."""
    now = f"{shown(change['value'])} in {periods.label(change['period'])}" if change["period"] else "no value"
    had = (
        f"{shown(change['value_before'])} in {periods.label(change['period_before'])}"
        if isinstance(change["period_before"], str) and change["period_before"]
        else ""
    )
    tail = f"; the edition before had {had}" if had else ""
    return f"{title}: {KINDS[change['kind']]}. Now {now}{tail}."
