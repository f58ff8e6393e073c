"""What a reader takes away of a locality: its figures as tidy CSV with CSVW metadata, and its bundle; and, of an edition,
the RO-Crate that lists all of it.

CSVW: https://www.w3.org/TR/tabular-metadata/. RO-Crate 1.1: https://www.researchobject.org/ro-crate/specification/1.1/.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from . import fingerprints, orphans, paths
from .downloads import csv_lines
from .errors import DataError
from .licences import LICENCES
from .writing import write_text

FOLDER = "data"  # below a locality's folder
ALL = "all"  # the file of a chapter that has no indicators of its own
WHO = "Contributors to the Locality Evidence Handbook"
LEADING = {
    "area_code": "GSS code of the locality",
    "area": "Name of the locality",
    "edition": "Only releases published on or before this day were used",
    "chapter": "The chapter that shows the indicator",
    "indicator": "Name of the indicator in this handbook",
    "title": "What the indicator says",
}
DESCRIBED = {
    "period": "ISO 8601: a day, or a start and a length such as 2024-04-01/P1Y",
    "value": "The locality's value, in the unit of its row; empty where there is none, and status says why",
    "lower": "Lower limit of the 95% interval",
    "upper": "Upper limit of the 95% interval",
    "count": "How many people or events the value rests on, where published",
    "denominator": "Out of how many, where published",
    "unit": "Unit of value, lower, upper and the comparators",
    "status": "final, provisional, revised, or why there is no value",
    "source": "The source, by its name on the page of sources",
    "release_date": "The day the publisher released it",
    "file": "The publisher's file",
    "coverage": "The area that the value is of, where it is not the locality itself",
    "interval": "Who worked out the interval: published, or our method; empty where there is none",
    "england": "England's value",
    "region": "The region's value",
    "benchmark": "The value that the locality is held against: its nation's, or the United Kingdom's",
    "benchmark_of": "Whose value the benchmark is",
    "against": "better, similar, worse, higher, lower or not compared, beside the benchmark",
}
COMPARATOR = {"dfe": "statistical neighbours (Department for Education)", "ons": "nearest neighbours (ONS)"}
WHAT = {"median": "Median", "n": "How many have a value"}
NUMBERS = {"value", "lower", "upper", "count", "denominator", "england", "region", "benchmark"}
FEW = 8  # localities; below this, starting more processes costs more than it brings
ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # a zip file keeps times, and the same bundle must be the same bytes


def file_of(slug: str, what: str, edition: str, end: str = "csv") -> str:
    """Return the name of a file to take away.

    >>> file_of("trafford", "needs", "2026-11-22")
    'trafford-needs-2026-11-22.csv'
    """
    return f"{slug}-{what}-{edition}.{end}"


def described(column: str) -> str:
    """Return what a column of a tidy file says."""
    start, _, end = column.partition("_")
    if start in COMPARATOR and end in WHAT:
        return f"{WHAT[end]}, of the {COMPARATOR[start]}"
    return LEADING.get(column) or DESCRIBED.get(column, column.replace("_", " "))


def metadata(name: str, columns: Sequence[str], title: str, licence: str) -> dict:
    """Return the CSVW metadata of a tidy file."""

    def of(column: str) -> dict:
        numeric = column in NUMBERS or column.partition("_")[0] in COMPARATOR
        kind = "date" if column in ("edition", "release_date") else "number" if numeric else "string"
        return {"name": column, "titles": column, "dc:description": described(column), "datatype": kind}

    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": name,
        "dc:title": title,
        "dc:license": {"@id": licence},
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": [of(c) for c in columns], "primaryKey": ["indicator", "period"]},
    }


def chapters_files(chapters: Sequence[str], folder: Path = paths.BUNDLES) -> dict[str, str]:
    """Return {chapter: the part of the file name that its tidy file has}."""
    indicators = _json(folder / "_common" / "indicators.json")
    own = {i["chapter"] for i in indicators.values()}
    return {chapter: chapter if chapter in own else ALL for chapter in chapters}


def write_locality(
    slug: str, chapters: Sequence[str], edition: str, folder: Path, site: Path, pack: bool = False
) -> list[str]:
    """Write the files to take away of one locality; return their addresses in the site. Raises DataError.

    `pack`: its PDF stands there already, and is taken away too; else an older one is removed.
    """
    place, indicators = _json(folder / slug / "place.json"), _json(folder / "_common" / "indicators.json")
    sources = _json(folder / "_common" / "sources.json")
    with open(folder / slug / "series.csv", encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows, columns = list(reader), [c for c in reader.fieldnames or [] if c not in LEADING]
    by_key = {(row["indicator"], row["period"]): row for row in rows}
    for path in sorted((folder / slug).glob(f"*/{paths.EARLIER}")):
        with open(path, encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                by_key[row["indicator"], row["period"]].update(row)
    target, written = site / "localities" / slug / FOLDER, []
    said = ([*_leading(place, edition, indicators, r), *(r[c] for c in columns)] for r in rows)
    head, *lines = csv_lines([[*LEADING, *columns], *said])  # each stands in two files
    for what in dict.fromkeys(chapters_files(chapters, folder).values()):
        name = file_of(slug, what, edition)
        chosen = [n for n, r in enumerate(rows) if what == ALL or indicators[r["indicator"]]["chapter"] == what]
        write_text(target / name, "".join([head, *(lines[n] for n in chosen)]))
        used = {sources[key]["licence"] for n in chosen if (key := rows[n]["source"])}
        licence = LICENCES[min(used)][1] if len(used) == 1 else "attribution.html"
        title = f"{place['name']}: {'all figures' if what == ALL else what} of the edition of {edition}"
        words = json.dumps(metadata(name, [*LEADING, *columns], title, licence), indent=1, ensure_ascii=False)
        write_text(target / f"{name}-metadata.json", words + "\n")
        written += [name, f"{name}-metadata.json"]
    zipped = file_of(slug, "bundle", edition, "zip")
    _write_zip(target / zipped, folder / slug, folder / "_common")
    written += [zipped, *([file_of(slug, "pack", edition, "pdf")] if pack else [])]
    for old in target.iterdir():
        if old.name not in written:
            old.unlink()
    return [f"localities/{slug}/{FOLDER}/{name}" for name in written]


def _leading(place: dict, edition: str, indicators: dict, row: dict) -> list[str]:
    record = indicators[row["indicator"]]
    return [place["area_code"], place["name"], edition, record["chapter"], row["indicator"], record["title"]]


def _write_zip(path: Path, own: Path, common: Path) -> None:
    whole = BytesIO(_zipped(common, fingerprints.of(fingerprints.common(common))))
    _pack(whole, own, "a")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != whole.getvalue():
        path.write_bytes(whole.getvalue())


@lru_cache(maxsize=1)  # what all share is the larger part of each file
def _zipped(folder: Path, content: str) -> bytes:
    """Return a folder as a zip file. `content`: its hash, by which it is known again."""
    whole = BytesIO()
    _pack(whole, folder, "w")
    return whole.getvalue()


def _pack(whole: BytesIO, folder: Path, mode: Literal["w", "a"]) -> None:
    with zipfile.ZipFile(whole, mode, zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.name != fingerprints.STAMP:
                name = file.relative_to(folder).as_posix()
                entry = zipfile.ZipInfo(f"bundles/{folder.name}/{name}", ZIP_DAY)
                entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())


def _json(path: Path) -> dict:
    if not path.exists():
        raise DataError([f"{paths.shown(path)}: not built. Run: handbook bundle"])
    return json.loads(path.read_text(encoding="utf-8"))


def publish(
    slugs: Iterable[str],
    chapters: Sequence[str],
    edition: str,
    folder: Path = paths.BUNDLES,
    site: Path = paths.SITE,
    packs: bool = False,
    memory: Path | None = None,
) -> list[str]:
    """Write the files to take away of `slugs` and the RO-Crate of the edition into the built site; return whose were due.

    `memory`: a file that keeps what was written from which bundle, so that only what has changed is written again.
    """
    names, files, sources = {}, {}, _json(folder / "_common" / "sources.json")
    known = _json(memory) if memory and memory.exists() else {}
    given = [list(chapters), edition, packs, fingerprints.code(), fingerprints.common(folder / "_common")]
    due = {}
    for slug in sorted(slugs):
        names[slug] = _json(folder / slug / "place.json")["name"]
        made = fingerprints.of(given, fingerprints.common(folder / slug))
        before = known.get(slug, {"made": "", "files": []})
        if before["made"] != made or not all((site / name).exists() for name in before["files"]):
            due[slug] = made
    for slug, written in _written(list(due), chapters, edition, folder, site, packs):
        known[slug] = {"made": due[slug], "files": written}
    for slug in names:
        files[slug] = [*known[slug]["files"], *(f"_sources/localities/{slug}/{c}.ipynb" for c in chapters)]
    if memory:
        write_text(memory, json.dumps(known))
    crate = crate_of(edition, names, files, sources)
    # a line each, for there are thousands, and json indents in Python and not in C
    graph = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in crate["@graph"])
    head = json.dumps({"@context": crate["@context"], "@graph": []}).removesuffix("]}")
    write_text(site / "ro-crate-metadata.json", f"{head}\n{graph}\n]}}\n")
    return list(due)


def _written(due: Sequence[str], *given) -> Iterator[tuple[str, list[str]]]:
    """Yield (slug, what was written) of each locality; where there are many, a process a core writes them."""
    if len(due) < FEW:
        yield from ((slug, write_locality(slug, *given)) for slug in due)
        return
    with ProcessPoolExecutor(initializer=orphans.follow) as pool:
        yield from zip(
            due, pool.map(write_locality, due, *([one] * len(due) for one in given), chunksize=4), strict=True
        )


KINDS = {
    "csv": "text/csv",
    "json": "application/json",
    "zip": "application/zip",
    "pdf": "application/pdf",
    "ipynb": "application/x-ipynb+json",
}


def crate_of(edition: str, names: dict[str, str], files: dict[str, list[str]], sources: dict[str, dict]) -> dict:
    """Return the RO-Crate of an edition: a dataset for each locality, its files, and the sources they rest on.

    `names`: {slug: locality}; `files`: {slug: addresses in the site}; `sources`: as in the bundles.
    """
    licence = LICENCES["OGL-UK-3.0"]
    used = {record["licence"] for record in sources.values()} | {"OGL-UK-3.0"}
    graph: list[dict] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": f"Locality Evidence Handbook, edition of {edition}",
            "description": "Figures, executed notebooks and bundles of each locality, from published sources.",
            "datePublished": edition,
            "license": {"@id": licence[1]},
            "author": {"@id": "#contributors"},
            "hasPart": [{"@id": f"localities/{slug}/"} for slug in names],
            "isBasedOn": [{"@id": f"#source-{key}"} for key in sources],
        },
        {"@id": "#contributors", "@type": "Organization", "name": WHO},
    ]
    for name, address in (LICENCES[key] for key in sorted(used)):
        graph.append({"@id": address, "@type": "CreativeWork", "name": name})
    for key, record in sources.items():
        graph.append(
            {
                "@id": f"#source-{key}",
                "@type": "CreativeWork",
                "name": record["title"],
                "publisher": record["publisher"],
                "url": record["landing_page"],
                "license": {"@id": LICENCES[record["licence"]][1]},
            }
        )
    for slug, name in names.items():
        parts = [{"@id": address} for address in files[slug]]
        graph.append({"@id": f"localities/{slug}/", "@type": "Dataset", "name": name, "hasPart": parts})
        for address in files[slug]:
            end = address.rpartition(".")[2]
            title = address.rpartition("/")[2] if end != "ipynb" else f"{name}: {Path(address).stem}, executed notebook"
            graph.append({"@id": address, "@type": "File", "name": title, "encodingFormat": KINDS[end]})
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
