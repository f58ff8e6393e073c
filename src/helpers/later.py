"""Let a module be loaded when something of it is used, and not when it is imported.

scipy.stats is a quarter of what a build loads before it begins. Where one figure has changed, little is worked out anew,
and the normal distribution (scipy.special) does for most of that. It is imported by statsmodels too, so that it cannot
be left to functions of our own. Python's LazyLoader does not do: in Python 3.11 the import itself asks the module for
something.
"""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Lock
from types import ModuleType

_one_at_a_time = Lock()


def load(*names: str) -> None:
    """Put a module in the place of each of `names`, unless it is loaded, that loads it when it is asked for something.

    >>> name = "colorsys"
    >>> loaded = sys.modules.pop(name, None)
    >>> load(name)
    >>> import colorsys
    >>> hasattr(vars(colorsys), "rgb_to_hsv"), colorsys.rgb_to_hsv(0, 0, 0)
    (False, (0.0, 0.0, 0))
    """
    for name in names:
        sys.modules.setdefault(name, _stand_in(name))


def _stand_in(name: str) -> ModuleType:
    module = ModuleType(name)

    def of(attribute: str) -> object:
        with _one_at_a_time:
            if sys.modules.get(name) is module:
                del sys.modules[name]
        return getattr(import_module(name), attribute)

    module.__getattr__ = of
    return module
