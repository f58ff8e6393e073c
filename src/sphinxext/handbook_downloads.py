"""Write each table of a page as a CSV file beside it, and link to the file under the table."""

from __future__ import annotations

import hashlib
from pathlib import Path

from helpers import downloads
from helpers.writing import write_text

FINDINGS = "findings.csv"  # helpers.findings puts it beside the tables of its chapter


def _config(app, config) -> None:
    made_of = [Path(file).read_bytes() for file in (__file__, downloads.__file__)]
    config.handbook_downloads = hashlib.sha256(
        b"".join(made_of)
    ).hexdigest()  # another way: every page is written again


def _tables(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    parts = pagename.split("/")
    place = {}
    edition = app.config.handbook_site["edition"]
    if parts[0] == "localities" and parts[1] in app.handbook_places:
        of = app.handbook_places[parts[1]]
        place = {"area_code": of["code"], "area": of["name"]}
    place["edition"] = edition
    # localities/trafford/needs -> needs/trafford-needs-2026-11-22-<table>.csv
    stem = "-".join([*parts[-2:], edition]) if place.get("area") else f"{parts[-1]}-{edition}"
    body = context.get("body") or ""
    files = {}
    if 'class="hb-table"' in body:
        context["body"], files = downloads.tables(body, place, stem, parts[-1])
    folder = Path(app.outdir) / pagename
    for old in folder.glob("[!.]*.csv") if folder.exists() else ():  # of other tables, and of an edition before
        if old.name not in files and old.name != FINDINGS:
            old.unlink()
    for name, text in files.items():
        write_text(folder / name, text)


def setup(app) -> dict:
    app.add_config_value("handbook_downloads", "", "html")
    app.connect("config-inited", _config)
    app.connect("html-page-context", _tables, priority=960)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
