"""The command line: `handbook COMMAND`. A module here holds commands of one kind; add one by importing it below."""

from __future__ import annotations

from . import (
    build,
    figures,
    packs,
    publish,
    rules,
)
from .shared import app

__all__ = ["app", "build", "figures", "packs", "publish", "rules"]
