"""The command line: `handbook COMMAND`. A module here holds commands of one kind; add one by importing it below."""

from __future__ import annotations

from . import (
    audits,
    build,
    figures,
    packs,
    publish,
    rules,
)
from .shared import app

__all__ = ["app", "audits", "build", "figures", "packs", "publish", "rules"]
