"""The findings of a locality as a document that programs can read, each with its trace; made when bundles are built.

The document of the page's own parameters stands in the bundle as findings.json, with the stability of each finding,
which takes too long to work out while a chapter runs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from . import beforehand, downloads, evidence, fingerprints, orphans, paths, schemas, stability
from .evidence import Evidence
from .rules import AREAS, STATUSES, Finding, derive, resolve

FORM = "handbook-findings-1"
SCHEMA = paths.REFERENCE / "findings.schema.json"
NAME = "findings.json"
CHANGES = "changes.json"  # helpers.since writes it, from the findings
FEW = 4  # localities; below this, starting more processes costs more than it brings


def of(e: Evidence) -> list[Finding]:
    """Return the findings of every rule, by area, under the thresholds of this edition."""
    return derive(e, stability.given(e))


def steady(e: Evidence) -> dict[str, dict]:
    """Return {key: share, label, moved_by} of each finding: from the bundle where it was worked out there, else now."""
    kept = e.findings
    if kept and (kept["comparator_set"], kept["price_base_year"]) == (e.comparator_set, e.price_base_year):
        return {f["key"]: f["stability"] for f in kept["findings"]}
    return {key: vars(found) for key, found in stability.of(e).items()}


def document(e: Evidence) -> dict:
    """Return all findings of a locality with their traces, as plain values. Its form: data/reference/findings.schema.json."""
    stable = {key: vars(found) for key, found in stability.of(e).items()}
    return {
        "form": FORM,
        "edition": e.place["edition"],
        "area_code": e.place["area_code"],
        "name": e.name,
        "comparator_set": e.comparator_set,
        "price_base_year": e.price_base_year,
        "findings": [record(e, finding, stable[finding.key]) for finding in of(e)],
    }


def record(e: Evidence, finding: Finding, stable: Mapping) -> dict:
    """Return one finding as plain values."""
    return {
        "key": finding.key,
        "area": finding.area,
        "area_title": AREAS[finding.area],
        "status": finding.status,
        "status_words": STATUSES[finding.status],
        "recommends": finding.recommends,
        "title": finding.title,
        "words": finding.words,
        "settles": finding.settles,
        "flip": finding.flip,
        "heard": finding.heard,
        "level": finding.level,
        "owner": finding.owner,
        "review": finding.review,
        "money": [{"lane": lane, "words": words} for lane, words in finding.money],
        "considered": [{"what": what, "why": why} for what, why in finding.considered],
        "stability": dict(stable),
        "trace": [trace(e, identity) for identity in finding.trace],
    }


def _number(value: float) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 6)


def trace(e: Evidence, identity: str) -> dict:
    """Return one row that a finding rests on: its id, where a reader finds it, and its numbers."""
    out = {"id": identity, "kind": (resolve(e, identity) or {"kind": ""})["kind"], "page": page(e, identity)}
    if identity in e.indicators:
        latest, own = e.latest(identity), e.indicators[identity]
        out |= {"title": own["title"], "unit": own["unit"], "period": latest.period, "source": own["source"]}
        out |= {k: _number(getattr(latest, k)) for k in ("value", "lower", "upper", "england")}
        out |= {"release_date": latest.release_date, "status": latest.status}
    elif identity.startswith("expected:"):
        row = e.expected.loc[identity.partition(":")[2]]
        out |= {k: _number(row[k]) for k in ("actual", "expected", "low", "high", "studentised")}
    return out


PAGES = {
    # beginning of an id: where its rows stand, seen from the page of recommendations
    "s251_": "spend.html#what-was-spent-on-each-line",
    "unit_cost_": "spend.html#what-does-a-week-of-care-cost",
    "rsx_": "spend.html#what-does-the-whole-council-spend",
    "ro3_adult": "spend.html#what-is-spent-on-adult-social-care-and-public-health",
    "ro3_public_health": "spend.html#what-is-spent-on-adult-social-care-and-public-health",
    "ro3_": "spend.html#what-does-the-second-account-of-the-same-services-say",
    "expected:": "spend.html#is-that-more-or-less-than-places-with-similar-need",
    "local:programmes": "outcomes.html#which-programmes-made-a-difference",
    "local:integrity": "outcomes.html#has-paying-for-results-bent-them",
    "local:burden": "outcomes.html#what-are-front-line-staff-asked-to-write-down",
    "local:institutions": "recommendations.html#who-works-with-whom",
    "local:barriers": "recommendations.html#what-could-be-done-about-each-rule-and-by-when",
    "local:listening": "needs.html#what-did-people-say-they-need",
}


def page(e: Evidence, identity: str) -> str:
    """Return the link from the page of recommendations to where the evidence of this id stands."""
    if identity in e.indicators and e.indicators[identity]["chapter"] in ("needs", "outcomes"):
        return f"{e.indicators[identity]['chapter']}.html#{identity}"
    return next((link for start, link in PAGES.items() if identity.startswith(start)), "spend.html")


HEAD = (
    "key",
    "area",
    "status",
    "recommends",
    "title",
    "words",
    "settles",
    "flip",
    "owner",
    "review",
    "stability",
    "share",
    "trace",
)


def csv_text(content: Mapping) -> str:
    """Return the same findings as a CSV file, one row each; the ids of the trace are separated by spaces."""
    place = {key: content[key] for key in ("area_code", "name", "edition")}
    rows = [
        [*place.values()]
        + [f[k] for k in HEAD[:10]]
        + [f["stability"]["label"], f["stability"]["share"], " ".join(t["id"] for t in f["trace"])]
        for f in content["findings"]
    ]
    return downloads.csv_text([*place, *HEAD], rows)


def _write(code: str, values: Mapping[str, str]) -> str:
    e = evidence.load(code, **values)
    target = paths.BUNDLES / e.place["slug"] / NAME
    schemas.write_text(target, json.dumps(document(e), ensure_ascii=False, indent=1) + "\n")
    return code


def _made_from(slug: str, values: Mapping[str, str], common: str) -> str:
    """Return one hash of all that the findings of a locality rest on."""
    own = fingerprints.bundle(paths.BUNDLES / slug, [NAME, CHANGES])
    return fingerprints.of(dict(values), common, fingerprints.code(), own)


def write(
    places: Iterable[tuple[str, str]], values: Mapping[str, str], meanwhile: Callable[[], object] = lambda: None
) -> Iterator[str]:
    """Write findings.json into the bundle of each place (code, slug) where it does not stand; yield the codes.

    It stands where it was made with these parameters from the same bundle. `values`: edition, comparator_set,
    price_base_year. Bundles must stand. Few are worked out in the process beside this one, where that was started, and
    `meanwhile` is called here. Raises DataError for a rule that is wrong.
    """
    places = list(places)
    common = fingerprints.bundle(paths.BUNDLES / "_common", [CHANGES])
    notes = {code: paths.BUNDLES.parent / "findings" / f"{slug}.txt" for code, slug in places}
    wanted = {code: _made_from(slug, values, common) for code, slug in places}

    def stands(code: str, slug: str) -> bool:
        there = notes[code].exists() and notes[code].read_text(encoding="utf-8") == wanted[code]
        return there and (paths.BUNDLES / slug / NAME).exists()

    due = [code for code, slug in places if not stands(code, slug)]
    yield from (code for code, _ in places if code not in set(due))
    for code in _written(due, values, meanwhile):
        schemas.write_text(notes[code], wanted[code])
        yield code


def _written(due: list[str], values: Mapping[str, str], meanwhile: Callable[[], object]) -> Iterator[str]:
    if len(due) < FEW:
        waiting = [beforehand.aside(_write, code, dict(values)) for code in due]
        meanwhile()
        yield from (done() for done in waiting)
        return
    with ProcessPoolExecutor(initializer=orphans.follow) as pool:
        yield from pool.map(_write, due, [dict(values)] * len(due), chunksize=4)


def absent(slugs: Iterable[str], site: Path | None = None) -> list[str]:
    """Return the localities that have findings which do not stand beside their page."""
    pages = (site or paths.SITE) / "localities"
    return [
        slug
        for slug in slugs
        if (paths.BUNDLES / slug / NAME).exists()
        and not all((pages / slug / "recommendations" / f"findings.{end}").exists() for end in ("json", "csv"))
    ]


def publish(slugs: Iterable[str], site: Path | None = None) -> int:
    """Put the findings of each locality beside its page, as JSON and CSV, and their schema at the top; return how many."""
    site = site or paths.SITE
    number = 0
    for slug in slugs:
        path = paths.BUNDLES / slug / NAME
        if not path.exists():
            continue
        content = json.loads(path.read_text(encoding="utf-8"))
        folder = site / "localities" / slug / "recommendations"
        schemas.write_text(folder / "findings.json", path.read_text(encoding="utf-8"))
        schemas.write_text(folder / "findings.csv", csv_text(content))
        number += 1
    schemas.write_text(site / "findings.schema.json", SCHEMA.read_text(encoding="utf-8"))
    return number
