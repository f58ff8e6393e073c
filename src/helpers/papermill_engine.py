"""The engine that papermill finds by its entry point. Import papermill, not this: papermill imports it by itself."""

from __future__ import annotations

import nbformat
from papermill.engines import Engine

from . import engine


class ForkedEngine(Engine):
    """Run a notebook's code cells in a forked process and put their outputs into it."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, execution_timeout=None, **_):
        """Run every cell in order; stop at the first error and record it, as papermill's own engine does."""
        cells = nb_man.nb.cells
        sources = [c.source if c.cell_type == "code" else None for c in cells]
        counter = 0
        for position, outputs in engine.outputs_of(sources, execution_timeout):
            cell, counter = cells[position], counter + 1
            nb_man.cell_start(cell, position)
            cell.outputs = [nbformat.from_dict(o) for o in outputs]
            cell.execution_count = counter
            if any(o["output_type"] == "error" for o in outputs):
                nb_man.cell_exception(cell, position)
            else:
                nb_man.cell_complete(cell, position)
        return nb_man.nb
