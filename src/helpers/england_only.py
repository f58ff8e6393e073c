"""The clear word of methods and accounts that know England only, for a locality of another nation or with no figures."""

from __future__ import annotations

import functools
from collections.abc import Callable

from .evidence import Evidence
from .wording import Html, paragraph


def refusal(e: Evidence, what: str) -> str:
    """Return why `what` ("Section 251", "Form RO3") says nothing of the place of `e`, in a sentence or two."""
    what = what[0].lower() + what[1:] if what.startswith(("The ", "This ")) else what
    if not e.nation:
        return f"Not known: no public figure is held for {e.name}, and {what} says nothing of it."
    return f"Not known for {e.name}: {what} is of England only, and {e.name} is in {e.nation}."


def of(what: str) -> Callable:
    """Let a function of (e, ...) that returns Html answer with `refusal` outside England, and run in England alone.

    >>> of("form RO3")(lambda e: Html("a table")).__name__
    '<lambda>'
    """

    def wrap(function: Callable[..., Html]) -> Callable[..., Html]:
        @functools.wraps(function)
        def answer(e: Evidence, *args, **kwargs) -> Html:
            return function(e, *args, **kwargs) if e.nation == "England" else paragraph(refusal(e, what), "hb-gap")

        return answer

    return wrap


def money(e: Evidence) -> str:
    """Return what is not known of public money where no account of the nation is held: for the head of a page."""
    if not e.nation:
        return f"No public account covers {e.name}, so what public money is spent there is not known from open data."
    return (
        f"This handbook holds no account of public spending in {e.nation}. The accounts it reads are those that councils in"
        f" England send to departments of the government of the United Kingdom. So most questions about money stay"
        f" open for {e.name}. That says nothing about how much is spent there."
    )
