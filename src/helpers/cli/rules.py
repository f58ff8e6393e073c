"""Commands on what the rules say, and on editions: what-if | release."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from .. import audit, barrier_moves, editions, evidence, paths, since, stability
from ..rules import STATUSES
from ..schemas import DataError
from .shared import BaseYear, ComparatorSet, Edition, Only, app, chosen, locked, out, parameters, told


def changes(words: list[str]) -> dict[str, float]:
    """Return {threshold: value} of words such as programme_scale=0.7. Raises DataError for one of another form.

    >>> changes(["programme_scale=0.7"])
    {'programme_scale': 0.7}
    """
    found, faults = {}, []
    for word in words:
        name, sign, value = word.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign:
            faults.append(f"--set '{word}': write a threshold and a number, such as --set programme_scale=0.7")
    if faults:
        raise DataError(faults)
    return found


@app.command("what-if")
@told
def what_if(
    set_: Annotated[list[str], typer.Option("--set", help="A threshold and its value: name=value. May be repeated.")],
    only: Only = "",
    edition: Edition = "",
    comparator_set: ComparatorSet = "",
    price_base_year: BaseYear = "",
):
    """Run the rules again with other thresholds, and list exactly which recommendations flip. Nothing is written.

    Example: handbook what-if --set needs_probability=0.99 --only "trafford hartlepool"
    """
    moved = changes(set_)
    values = parameters(edition, comparator_set, price_base_year)
    places, counts = chosen(only), Counter()
    for code, slug, _ in places:
        e = evidence.load(code, **values)
        for flip in stability.what_if(e, moved):
            counts[flip.key.partition(":")[0]] += 1
            before, after = (STATUSES.get(s, s) for s in (flip.before, flip.after))
            out.print(f"{slug}  {flip.key}  {before} -> {after}", markup=False)
    said = "; ".join(f"{n} of {rule}" for rule, n in sorted(counts.items())) or "nothing flips"
    out.print(f"{len(places)} {'locality' if len(places) == 1 else 'localities'}: {said}.", markup=False)


@app.command()
@told
@locked
def release(edition: Annotated[str, typer.Argument(help="The ISO day of the edition, as the bundles have it.")]):
    """Freeze an edition: what the figures were, how they were worked out, and what the rules said of each locality.

    The next edition then says what changed since, and why. Bundles of all localities must stand. A frozen edition is
    never overwritten.

    Example: handbook release 2026-11-22
    """
    parameters(edition, "", "")
    present, _ = since.present(edition, [slug for _, slug, _ in chosen("")])
    folder = editions.freeze(present)
    audit.keep(audit.published(edition), folder)
    barrier_moves.keep(folder)
    size = sum(path.stat().st_size for path in folder.iterdir())
    out.print(
        f"{paths.shown(folder)}: {len(present.figures):,} series and {len(present.findings):,} findings of"
        f" {present.findings['area_code'].nunique()} localities, {size / 1000:.0f} kB. Commit this folder.",
        markup=False,
    )
