"""Read a folder of tables that people filled in: every file, every fault, in one go."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from .. import catalogue, guard, paths, schemas, tabular
from ..tabular.files import ENDINGS
from . import about, sense
from .columns import NAMES, PERSON, SPEECH, TABLES
from .model import Pack
from .templates import example

OTHERS = re.compile(
    r"(payments.*\.(csv|zip)|grants.*\.(json|csv)|contracts\.csv|readme(\.md|\.txt)?|\..*|~\$.*)", re.IGNORECASE
)
ROW = re.compile(r"^(.*?: (?:sheet '[^']*', )?)row (\d+)(\D.*)$", re.DOTALL)
DICTIONARY = "data-dictionary.csv"


def read(folder: Path) -> Pack:
    """Return the pack in a folder. Raises schemas.DataError that lists every fault of every file."""
    own, faults = examine(folder)
    if faults:
        raise schemas.DataError(faults)
    return own


def examine(folder: Path) -> tuple[Pack, list[str]]:
    """Return what could be read of the pack in a folder, and all faults in it; `Pack.notes` says what was put right."""
    folder = Path(folder)
    where = paths.shown(folder)
    if not folder.is_dir():
        return Pack(folder.name), [f"{where}: there is no such folder. Run: handbook new-pack {folder.name}"]
    said, faults = about.read(folder)
    files, more = _files(folder)
    faults += more
    known = set(catalogue.indicators())
    frames, counts, missing, notes, broken = {}, [], {}, [], set()
    for name, path in files.items():
        table = TABLES[name]
        quiet = table.about in (PERSON, SPEECH)
        got = tabular.read(path, table, known, quiet, example(table))
        if got.faults:
            broken.add(name)
        faults += got.faults + _half_example(got, table, path.name)
        faults += _published_text(got.seen, table, path.name)
        notes += got.notes
        counts.append({"table": name, "file": path.name, "account": got.account, "kept": got.kept})
        for column, symbols in got.symbols.items():
            missing |= {f"{name}.{column} {symbol}": n for symbol, n in symbols.items()}
        frames[name] = got.frame
    faults += sense.faults(frames, files, broken)
    faults += [
        f"{about.NAME}: agreement {n}, 'table': '{str(entry.get('table'))[:30]}' is not one. Use one of: {', '.join(TABLES)}."
        for n, entry in enumerate(said.get("agreement", ()), start=1)
        if entry.get("table") not in TABLES
    ]
    place = said.get("place", {})
    made = Pack(
        slug=folder.name,
        name=place.get("name", ""),
        code=place.get("code", ""),
        fictional=said.get("fictional") is True,
        prepared_on=str(said.get("prepared_on", "")),
        agreement=tuple(said.get("agreement", ())),
        tables=frames,
        counts=tuple(counts),
        missing=missing,
        notes=tuple(notes),
    )
    return made, folded([f if f.startswith(where) else f"{where}/{f}" for f in faults])


def folded(faults: list[str]) -> list[str]:
    """Return faults with those that say the same of more than three rows made one, which names all its rows.

    >>> folded([f"a.csv: row {n}, column 'x': empty. Fill it." for n in (2, 3, 4, 7)])
    ["a.csv: rows 2 to 4, 7, column 'x': empty. Fill it."]
    """
    rows: dict[tuple[str, str], list[int]] = {}
    keys = []
    for fault in faults:
        match = ROW.match(fault)
        key = (match[1], match[3]) if match else (fault, "")
        keys.append((key, match))
        if match:
            rows.setdefault(key, []).append(int(match[2]))
    out = []
    for fault, (key, match) in zip(faults, keys, strict=True):
        if not match or len(rows[key]) <= 3:
            out.append(fault)
        elif rows[key][0] == int(match[2]):  # the first stands for all
            spans: list[list[int]] = []
            for row in sorted(set(rows[key])):
                if spans and row == spans[-1][1] + 1:
                    spans[-1][1] = row
                else:
                    spans.append([row, row])
            told = ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in spans)
            out.append(f"{key[0]}rows {told}{key[1]}")
    return list(dict.fromkeys(out))


def _files(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """Return {table: its file} and faults about files that are no table, or two for one table."""
    files, faults = {}, []
    for path in sorted(folder.iterdir()):
        stem, ending = path.stem.lower().replace("-", "_").replace(" ", "_"), path.suffix.lower()
        if path.name in (about.NAME, DICTIONARY) or OTHERS.fullmatch(path.name):
            continue
        if path.is_dir():
            faults.append(f"{path.name}: it is a folder, and is not read. Move its files up, or take it away.")
        elif path.is_symlink():
            faults.append(f"{path.name}: it is a link to somewhere else. Put the file itself here.")
        elif stem not in TABLES:
            faults.append(f"{path.name}: no table has this name. Use one of: {', '.join(TABLES)}; or take it away.")
        elif ending not in ENDINGS:
            faults.append(f"{path.name}: the ending {ending or '(none)'} is not known. Save it as .csv, .xlsx or .ods.")
        elif stem in files:
            faults.append(f"{path.name}: {files[stem].name} holds the same table. Keep one of them.")
        else:
            files[stem] = path
    return files, faults


def _published_text(frame, table, file: str) -> list[str]:
    """Return a fault for each cell that could point at one person; quotes and ids too, though they stay in the file."""
    remedies = {
        "text": "Take it out: this text is published.",
        "quote": "Take it out: leave a gap, or write what they are, such as 'my neighbour'.",
        "id": "Use a made-up id.",
        "pseudonym": "Use a made-up id.",
    }
    faults = []
    for column in table.columns:
        if column.kind not in remedies:
            continue
        words = column.kind in ("text", "quote")
        for row, value in frame[column.name].items():
            looked = value if words else value.replace("-", " ")
            found = guard.faults(looked, names=words and column.name not in NAMES) if value else []
            if column.kind == "pseudonym" or column.name == "coder":
                found += ["what looks like the name of a person"] if guard.names_somebody(looked) else []
            for said in found:
                where = f"{file}: row {row}, column '{column.name}': "
                faults.append(f"{where}the cell holds {said}. {remedies[column.kind]}")
    return faults


def _half_example(got, table, file: str) -> list[str]:
    """Return a fault for each row that began as the template's, and that somebody has begun to change."""
    first = next(c.name for c in table.columns if c.kind in ("id", "text", "pseudonym"))
    what = "it begins with 'example', as the template's row does"
    began = got.frame.index[got.frame[first].str.lower().str.startswith("example")]
    return [f"{file}: row {row}, column '{first}': {what}. Write your own in its place." for row in began]


def burden(own: Pack) -> dict[str, float]:
    """Return how much staff are asked to write down: items, those that no other system holds, times and hours a year."""
    items = own.table("data_items")
    new = items["held_elsewhere"] == ""
    times = items["times_a_year"].fillna(0)
    return {
        "items": len(items),
        "asked_anew": int(new.sum()),
        "held_elsewhere": int((~new).sum()),
        "times_a_year": float(times.sum()),
        "times_a_year_held_elsewhere": float(times[~new].sum()),
        "hours_a_year": float((times * items["minutes"]).sum() / 60),
        "without_minutes": int(items["minutes"].isna().sum()),
        "by_role": {role: int(n) for role, n in Counter(items["asked_of"]).items()},
    }
