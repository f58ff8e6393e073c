"""Words and short forms that the definitions of tables share."""

from __future__ import annotations

from ..tabular import Column

YES_NO = ("yes", "no", "not known")
PERSON = "people"  # rows are single people, or counts of their outcomes: published under an agreement only; rows never
SPEECH = "what people said"  # published as themes with counts of sessions and people, words never


def c(name: str, kind: str, says: str, example: str, words: tuple[str, ...] = (), **more) -> Column:
    """Return a column."""
    return Column(name, kind, says, example, tuple(words), **more)


def programme() -> Column:
    """Return the column that says which programme a row is about."""
    return c("programme", "id", "Id of the programme", "family-start", needed=True, link="programmes.programme")
