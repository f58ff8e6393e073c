"""The error that a person can mend: it says what is wrong, where, and what to do."""

from __future__ import annotations


class DataError(ValueError):
    """A fault in data, said as file, row, column and remedy; `faults` holds one line each."""

    def __init__(self, faults: list[str]):
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))

    def __reduce__(self):  # a fault found in another process arrives as it was
        return type(self), (self.faults,)
