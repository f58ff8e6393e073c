"""A small book of real places with made-up chapters, in a copy of the repository: to build it takes seconds."""

from __future__ import annotations

import json

import nbformat

from helpers import geography, render, settings
from repository import copy_of_repository, handbook

PLACES = ("trafford", "isles-of-scilly", "city-of-london")
CHART = '<figure class="hb-chart"><div class="hb-canvas"></div></figure>'


def made_up(root, slug, name):
    """Write chapters with made-up results, and a bundle without any: no figure of a real place."""
    bundles = root / "build" / "bundles"
    place = {"area_code": geography.register().resolve(slug), "name": name, "edition": settings.load()["edition"]}
    for path, text in (
        ("_common/indicators.json", "{}"),
        ("_common/sources.json", "{}"),
        (f"{slug}/place.json", json.dumps(place)),
        (f"{slug}/series.csv", "indicator,period,value,unit,status,source\n"),
    ):
        (bundles / path).parent.mkdir(parents=True, exist_ok=True)
        (bundles / path).write_text(text)
    for number, chapter in enumerate(render.chapters()):
        shown = CHART if chapter == "spend" else f'<h3 id="one">Made-up measure {number} of people&#x27;s lives</h3>'
        data = {"text/html": shown, "text/plain": "made up"}
        output = nbformat.v4.new_output("execute_result", data, execution_count=1)
        page = nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_markdown_cell(f"# {chapter.capitalize()} of {name}\n"),
                nbformat.v4.new_markdown_cell("## A question?\n"),
                nbformat.v4.new_code_cell(
                    "made_up()", execution_count=1, outputs=[output], metadata={"tags": ["hide-input"]}
                ),
            ],
            metadata={"language_info": {"name": "python"}},
        )
        for position, cell in enumerate(page.cells):
            cell["id"] = f"cell-{position}"
        path = root / "book" / "localities" / slug / f"{chapter}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(page, path)


def small_book(root, places=PLACES):
    """Build the book of `places` in the empty folder `root`, and return it."""
    copy_of_repository(root)
    register = geography.register()
    for slug in places:
        made_up(root, slug, register.place(register.resolve(slug))["name"])
    for path in sorted((root / "notebooks").glob("[!0-9]*.md")):
        page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Across localities")])
        nbformat.write(page, root / "book" / f"{path.stem.replace('_', '-')}.ipynb")
    handbook(root, "book", "--only", " ".join(places))
    return root
