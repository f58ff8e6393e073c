"""Commands on a locality's own evidence: new-pack, and what `check` prints about a pack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from .. import geography, local_money, pack, paths
from ..schemas import DataError
from .shared import app, out, told


@app.command("new-pack")
@told
def new_pack(
    place: Annotated[str, typer.Argument(help="Name, slug or GSS code of the locality.")],
    to: Annotated[Path, typer.Option(help="Where packs are kept.")] = paths.LOCAL,
):
    """Write templates for a locality's own evidence: tables with an example row, a data dictionary, plain words.

    Example: handbook new-pack trafford
    """
    register = geography.register()
    code = register.resolve(place)
    known = register.place(code)
    folder = to / known["slug"]
    done = pack.templates.write(folder, code, known["name"])
    kept = [file for file, written in done.items() if not written]
    out.print(
        f"{paths.shown(folder)}: {len(done) - len(kept)} file{'' if len(done) - len(kept) == 1 else 's'} written.",
        markup=False,
    )
    if kept:
        out.print(f"Left as they are: {', '.join(kept)}.", markup=False)
    out.print(f"Read {paths.shown(folder / 'README.md')}, fill in what you have, then run:", markup=False)
    out.print(f"  handbook check {paths.shown(folder)}", markup=False)


def check(folder: Path) -> None:
    """Print what a pack holds and what would be published; raise DataError with every fault in it."""
    own, faults = pack.examine(folder)
    money, more = local_money.examine(folder)
    faults += more
    if own.counts:
        table = Table("File", "Rows", title="Every row is accounted for")
        for one in own.counts:
            table.add_row(one["file"], one["account"])
        out.print(table)
    for account, number in money.items():
        what = "contracts paid by results" if account == "contracts" else "files"
        out.print(f"{account}: {number} {what} read.", markup=False)
    for note in own.notes:
        out.print(f"note: {note}", markup=False)
    for line in _burden(own):
        out.print(line, markup=False)
    if faults:
        many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise DataError([*faults, f"{many} found. Mend what is listed, and run this again."])
    for line in _published(own):
        out.print(line, markup=False)
    out.print(f"{paths.shown(folder)}: no fault found.", markup=False)


def _burden(own: pack.Pack) -> list[str]:
    """Return what staff are asked to write down, in words."""
    found = pack.burden(own)
    if not found["items"]:
        return ["Front-line burden: not known; nothing in data_items."]
    lines = [
        f"Front-line burden: {_items(found['items'])} that staff are asked to write down. Held by no other system:"
        f" {found['asked_anew']}. Held elsewhere already, and could be taken from there: {found['held_elsewhere']}."
    ]
    hours = f"{found['hours_a_year']:,.0f} hours a year for one worker in each role"
    left = f" (without the time for {_items(found['without_minutes'])}, which is not given)"
    lines.append(
        f"  Asked {found['times_a_year']:,.0f} times a year: {hours}{left if found['without_minutes'] else ''}."
    )
    return lines


def _items(number: int) -> str:
    return f"{number} data item{'' if number == 1 else 's'}"


def _published(own: pack.Pack) -> list[str]:
    """Return what of the tables about people would be published, in words."""
    lines = []
    if own.fictional:
        lines.append("This pack is fictional: every page that shows it says so.")
    for name in own.public().withheld:
        if own.has(name):
            lines.append(
                f"Not published: results from {name}. pack.yml records no agreement of the data controller for it."
                " They appear only with: handbook build --private"
            )
    for entry in own.agreement:
        lines.append(f"Published under an agreement: results from {entry['table']} ({entry['who']}, {entry['when']}).")
    return lines
