"""The command that looks for hidden counts which published tables give away: audit."""

from __future__ import annotations

from .. import audit as auditing
from .. import paths
from ..schemas import DataError
from .shared import Edition, app, out, parameters, told


@app.command()
@told
def audit(edition: Edition = ""):
    """Look whether all published tables together, and those of editions before, give a hidden count of people away.

    A build does this by itself. Bundles must stand.

    Example: handbook audit
    """
    if not any(paths.BUNDLES.glob("*/place.json")):
        raise DataError(
            [f"{paths.shown(paths.BUNDLES)}: no bundle stands, so there is nothing to look at. Run: handbook bundle"]
        )
    tables, counts = auditing.check(parameters(edition, "", "")["edition"])
    out.print(f"{tables} tables with {counts} counts of people were put together: no hidden count can be worked out.")
