"""A pack in which every field holds a canary: a value that stands nowhere else, and sings where it gets out."""

from __future__ import annotations

import csv
import re
import zipfile

from helpers import pack, paths
from helpers.pack import NUMBERS, TABLES

# columns whose words are meant to be read by all, as they were written
PUBLIC = {
    "programmes": {
        *(
            "programme",
            "name",
            "who_for",
            "provider",
            "funder",
            "measure",
            "outcome",
            "comparison_how",
            "evidence_note",
        ),
        *("effect_elsewhere_source", "theme"),
    },
    "programme_costs": {"programme", "funder", "note"},
    "outcome_values": {"programme", "what", "who_gains", "source"},
    "participants": {"programme", "provider"},
    "claims": {"programme", "provider"},
    "organisations": {"organisation", "name", "type", "serves", "offers"},
    "ties": {"organisation", "works_with"},
    "register": {"name", "definition", "source"},
    "assets": {"kind", "name", "source"},
    "sessions": {"place", "who"},
    "listening": {"theme"},
    "not_heard": {"who", "why", "next_step"},
    "barriers": {"barrier", "rule", "owner", "department", "link", "evidence", "next_move"},
    "decisions": {"decision", "what", "recommendation", "owner", "unit"},
    "conditions": {"evidence"},
    "shared_measures": {"who"},
    "fast": {"series", "unit"},
    "data_items": {"item", "asked_of", "asked_by", "held_elsewhere"},
}
TAILS = {
    "need_score": 0.0001234,
    "baseline": 0.0005678,
    "follow_up": 0.0009127,
}  # added to what is measured of a person


def plant(folder, slug="trafford", agreed=()):
    """Write a full pack of canaries; return {(table, column): canaries} of all that must never get out."""
    own = pack.read(paths.LOCAL / "northbeck")
    secret = {}
    for name, frame in own.tables.items():
        columns = {}
        for column in TABLES[name].columns:
            values, told = _planted(name, column, frame[column.name])
            columns[column.name] = values
            if told and column.name not in PUBLIC.get(name, ()):
                secret[name, column.name] = told
        with open(_made(folder / slug) / f"{name}.csv", "w", encoding="utf-8", newline="") as stream:
            out = csv.writer(stream)
            out.writerow(columns)
            out.writerows(zip(*columns.values(), strict=True))
    entries = "".join(
        f"\n- {{table: {t}, who: Council, role: controller, when: 2025-04-23, for_what: counts}}" for t in agreed
    )
    (folder / slug / pack.ABOUT).write_text(f"fictional: false\nagreement:{entries or ' []'}\n", encoding="utf-8")
    return secret


def _made(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _planted(table, column, values):
    """Return the values of a column with canaries in them, and the canaries."""
    word = f"cnr{table}{column.name}".replace("_", "")
    if column.kind in ("pseudonym", "id"):
        if column.name == "person":
            out = [f"{word}{n}" for n, _ in enumerate(values)]
            return out, {word}
        # an id is one word wherever it stands, so that tables still link up
        if column.name == "session":
            return [f"cnrsession-{v}" for v in values], {"cnrsession-"}
        shared = column.name in PUBLIC.get(table, ()) or column.link
        return [v and (f"cnrid-{v}" if shared else f"{word}-{v}") for v in values], set() if shared else {f"{word}-"}
    if column.kind == "quote":
        return [f"Xx{word}{n} stayed at home" for n, _ in enumerate(values)], {word}
    if column.kind == "text":
        return [v and f"Xx{word} {v}" for v in values], {word}
    if table == "participants" and column.kind == "number":
        tail = TAILS[column.name]
        return [f"{v + tail:.7f}" if v == v else "" for v in values], {f"{tail:.7f}"[-6:]}
    if (table, column.name) == ("claims", "paid_gbp"):
        return [f"{v:.0f}.27197305" if v == v else "" for v in values], {"27197305"}
    if column.kind in NUMBERS:
        return [repr(float(v)) if v == v else "" for v in values], set()
    return list(values), set()


def found(folder, secret):
    """Return {(table, column): files} of all canaries in any file below a folder, inside zips too, whatever the case."""
    # six digits stand by chance in any long number, so they count where they are the end of one with seven decimals
    sought = {
        re.compile(rf"\.\d{canary}0*(?!\d)".encode() if len(canary) == 6 else re.escape(canary.lower().encode())): key
        for key, canaries in secret.items()
        for canary in canaries
    }
    out = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        contents = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                contents += [packed.read(n) for n in packed.namelist()]
        for content in contents:
            lower = content.lower()
            for canary, key in sought.items():
                if canary.search(lower):
                    out.setdefault(key, set()).add(path.relative_to(folder).as_posix())
    return out
