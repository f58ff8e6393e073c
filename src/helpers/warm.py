"""What every chapter needs, loaded once in the server that chapters are forked from. Import it, do not call it."""

import altair  # noqa: F401
import pandas  # noqa: F401
from IPython.core.interactiveshell import InteractiveShell  # noqa: F401

from . import accounts, cards, charts_needs, demand, factors, framework, funnel_page, outcomes, overview  # noqa: F401
from .charts import FORMATS, trend

for unit in ("", *FORMATS):
    trend([], ["a", "b", "c"], [], "", "", unit)  # Altair's first chart is slow, and its template is kept
charts_needs.warm()
