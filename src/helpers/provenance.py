"""Where every figure of a locality comes from, what is missing, and how to run its pages again."""

from __future__ import annotations

from importlib.metadata import version

from . import periods, tables
from .evidence import Evidence, reason
from .licences import LICENCES
from .wording import Html, paragraph, text

TOOLS = ("pandas", "altair", "papermill", "jupyter-book")
GRADES = {1: "1: official or accredited", 2: "2: other official data", 3: "3: use with care"}


def sources(e: Evidence) -> Html:
    """Return every source that this locality's figures come from, with release, age, licence, grade and file."""
    parts = []
    used = e.series[(e.series["source"] != "") & e.series["value"].notna()]
    for key, rows in used.groupby("source"):
        source = e.sources[key]
        newest = rows["period"].map(periods.end).max()
        age = periods.age_in_months(newest.isoformat(), e.place["edition"])
        licence, link = LICENCES[source["licence"]]
        files = "".join(
            f"<li>{text(f['name'])}, released {text(f['release_date'])} ({text(f['release_date_basis'])})<br>"
            f'<code class="hb-hash">sha256 {text(f["sha256"])}</code></li>'
            for f in source["files"]
        )
        caveats = "".join(f"<li>{text(c)}</li>" for c in source["caveats"])
        parts.append(
            f'<section class="hb-card"><h3>{text(source["publisher"])}: {text(source["title"])}</h3><ul class="hb-facts">'
            f"<li>Indicators: {rows['indicator'].nunique()}. Figures of {text(e.name)}: {len(rows)}</li>"
            f"<li>Newest figure is of {newest.isoformat()}: {age} months old at this edition</li>"
            f'<li>Licence: <a href="{link}">{text(licence)}</a></li>'
            f"<li>Quality {text(GRADES[source['quality']])}. {text(source['quality_reason'])}</li>"
            f'<li><a href="{text(source["landing_page"])}">The publisher\'s page</a></li></ul>'
            + (f'<ul class="hb-caveats">{caveats}</ul>' if caveats else "")
            + f"<details><summary>Files and their fingerprints</summary><ul>{files}</ul></details></section>"
        )
    sums = "A list of which this book keeps sums only"
    parts += [_list_of(e, own["source"], sums) for own in e.money.values() if own.get("source")]
    names = "Lists of which this book keeps the kind, the name and the first half of the postcode"
    parts += [_list_of(e, key, names) for key in _assets(e)]
    return Html("".join(parts))


def _assets(e: Evidence) -> list[str]:
    """Return the sources of the public lists of assets that this locality's pack was made from."""
    if not e.local.get("institutions", {}).get("assets"):
        return []
    here = e.place["area_code"]
    return [
        key
        for key, source in e.sources.items()
        if any("kind" in f["reads"] and f["reads"].get("area_code") == here for f in source["files"])
    ]


def _list_of(e: Evidence, key: str, kept: str) -> str:
    """Return the source of a list of payments, grants or assets, of which only a part is kept."""
    source = e.sources[key]
    licence, link = LICENCES[source["licence"]]
    files = "".join(
        f"<li>{text(f['name'])}, released {text(f['release_date'])} ({text(f['release_date_basis'])})<br>"
        f'<code class="hb-hash">sha256 {text(f["sha256"])}</code></li>'
        for f in source["files"]
    )
    caveats = "".join(f"<li>{text(c)}</li>" for c in source["caveats"])
    return (
        f'<section class="hb-card"><h3>{text(source["publisher"])}: {text(source["title"])}</h3><ul class="hb-facts">'
        f"<li>{text(kept)}</li>"
        f'<li>Licence: <a href="{link}">{text(licence)}</a></li>'
        f"<li>Quality {text(GRADES[source['quality']])}. {text(source['quality_reason'])}</li>"
        f'<li><a href="{text(source["landing_page"])}">The publisher\'s page</a></li></ul>'
        f'<ul class="hb-caveats">{caveats}</ul>'
        f"<details><summary>Files and their fingerprints</summary><ul>{files}</ul></details></section>"
    )


def gaps(e: Evidence) -> Html:
    """Return every indicator whose newest period has no value here, or that has none at all, with the reason."""
    rows = []
    for key in sorted(e.indicators, key=lambda k: e.indicators[k]["title"]):
        latest = e.latest(key)
        title = e.indicators[key]["title"]
        if not latest.period:
            rows.append([title, "no period", reason(latest.status)])
        elif latest.newer:
            rows.append([title, periods.label(latest.period), latest.newer])
    if not rows:
        return paragraph(f"Every indicator has a value for {e.name} in its newest period.")
    return tables.table(
        f"{len(rows)} of {len(e.indicators)} indicators are not up to date for {e.name}",
        ["Indicator", "Newest value", "What is missing"],
        rows,
    )


def attribution(e: Evidence) -> Html:
    """Return the attribution that the licences ask for."""
    used = sorted(set(e.series.loc[e.series["source"] != "", "source"]) | {"geography"})
    used += [own["source"] for own in e.money.values() if own.get("source")] + _assets(e)
    words = dict.fromkeys(e.sources[key]["attribution"] for key in used)
    return Html("".join(f"<p>{text(w)}</p>" for w in words))


def rerun(e: Evidence) -> Html:
    """Return the command that builds this locality's pages again, and the versions that made this page."""
    versions = ", ".join(f"{name} {version(name)}" for name in TOOLS)
    command = f"make book ONLY={e.place['slug']}"
    return Html(
        f"<p>In a copy of the repository:</p><pre><code>{text(command)}</code></pre>"
        f'<p class="hb-parameters">area_code {text(e.place["area_code"])} · edition {text(e.place["edition"])} · comparator_set'
        f" {text(e.comparator_set)} · price_base_year {text(e.price_base_year)} · {text(versions)}</p>"
    )
