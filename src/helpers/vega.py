"""Vega, as vl-convert brings it, with the fonts it brings and no others.

A font of the machine is a file, which the engine maps into memory anew for each label it measures: with the machine's
Liberation Sans a picture took 1.85 times as long as with vl-convert's own, and was the same to the byte. Its own only
also means that a picture cannot depend on which fonts a machine has.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache
from types import ModuleType

NO_FONTS = (
    '<?xml version="1.0"?>\n<fontconfig><dir>/nowhere</dir></fontconfig>\n'  # no folder at all means the usual ones
)
SMALLEST = {"width": 1, "height": 1, "marks": [{"type": "text", "encode": {"enter": {"text": {"value": "a"}}}}]}
SETTING = "FONTCONFIG_FILE"  # where the engine, and every program of the machine, reads which folders have fonts


@cache
def engine() -> ModuleType:
    """Return vl-convert, started: half a second, so not where all is drawn already.

    It looks for fonts when it first draws. What it is told then is taken back after, because a browser that this
    process starts must find the machine's fonts.

    >>> "<svg" in engine().vega_to_svg(SMALLEST)
    True
    """
    import vl_convert

    before = os.environ.get(SETTING)
    with tempfile.NamedTemporaryFile("w", suffix=".conf", encoding="utf-8") as told:
        told.write(NO_FONTS)
        told.flush()
        os.environ[SETTING] = told.name
        try:
            vl_convert.vega_to_svg(SMALLEST)
        finally:
            if before is None:
                del os.environ[SETTING]
            else:
                os.environ[SETTING] = before
    return vl_convert
