"""Area 5: rules that are in the way are known to the people who meet them, and to no open data set."""

from __future__ import annotations

from ..evidence import Evidence
from . import NOBODY, Finding, records

AREA = 5
STATUS = {
    # action of helpers.barriers: status of a finding
    "keep": "keep",
    "find out": "cannot say",
    "change locally": "change locally",
    "waiver": "ask for a waiver",
    "government": "ask government",
    "done": "watch",
}
SAYS = {
    "keep": "It protects somebody's rights, so it stays. Help people to meet it.",
    "find out": "Whether it could be changed is not known.",
    "change locally": "Change it here: no one else has to agree.",
    "waiver": "Ask its owner for a waiver for a set time, and measure what happens with and without the rule.",
    "government": "Ask government to change it: nobody here can.",
    "done": "It is changed or waived already. Measure what followed.",
}


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return one finding a barrier, and one for each contract whose terms should go; or what to collect."""
    local = getattr(e, "local", None) or {}
    rows = local.get("barriers", {}).get("rows", [])
    found = [_barrier(row) for row in rows]
    found += _terms(local, thresholds)
    return found if rows else [_ask(e), *found]


def _ask(e: Evidence) -> Finding:
    return Finding(
        AREA,
        "cannot say",
        f"No open data records which rule, form or contract term stops people in {e.name} from getting help in time.",
        "A list of barriers from front-line staff and the people they help: the rule, who owns it, how many cases it"
        f" touched, the hours it cost, and what was tried. The table of barriers asks just that: handbook"
        f" new-pack {e.place.get('slug', '')} writes it.",
        key="barriers",
        title="Rules, forms and contract terms",
    )


def _barrier(row: dict) -> Finding:
    usual = {
        "area": AREA,
        "key": f"barriers:{row['barrier']}",
        "title": row["rule"],
        "owner": row["owner"] or NOBODY,
        "review": row["due"],
        "trace": (f"local:barriers:{row['barrier']}",),
        "heard": "what the register says; whether the people held back were asked is not said",
    }
    counted = row["cases"] != "not counted" or row["people"] != "not counted"
    words = f"“{row['rule']}”. {SAYS[row['action']]} {harm(row)}"
    if row["action"] == "find out":
        settles = "Which kind of rule it is, who made it, and whose rights it protects."
        return Finding(status="cannot say", words=words, settles=settles, **usual)
    if row["action"] not in ("keep", "done") and not counted:
        settles = "A count of the cases and of the people that it held back, over a set time."
        words = (
            f"“{row['rule']}”. Nobody has counted how often it gets in the way, so nothing is asked of its owner yet."
        )
        return Finding(status="cannot say", words=words, settles=settles, **usual)
    flip = {
        "keep": "nothing, as long as it protects somebody's rights",
        "change locally": "a finding that it protects somebody's rights, or that others must agree",
        "waiver": "a refusal: then ask government",
        "government": "power to waive it, given to places",
        "done": "cases that go on after the change",
    }[row["action"]]
    settles = "A count of cases before and after."
    return Finding(status=STATUS[row["action"]], words=words, settles=settles, flip=flip, **usual)


def harm(row: dict) -> str:
    """Return how often a rule got in the way, in a sentence; a small number of people is not shown.

    >>> harm({"cases": 35, "people": "few", "hours": "not counted", "period": "", "evidence": ""})
    'It got in the way 35 times and held back fewer than 8 people. How this is known is not said.'
    """
    times = {"few": "fewer than 8 times", "not counted": "a number of times that nobody counted"}
    people = {"few": "fewer than 8 people", "not counted": "a number of people that nobody counted"}
    cases = times.get(row["cases"]) or f"{row['cases']:,} times"
    held = people.get(row["people"]) or f"{row['people']:,} people"
    hours = "" if isinstance(row["hours"], str) else f" and cost {row['hours']:,} hours of work"
    known = f"Known from: {row['evidence']}." if row["evidence"] else "How this is known is not said."
    return f"It got in the way {cases}{',' if hours else ' and'} held back {held}{hours}. {known}"


def _terms(local: dict, t: dict) -> list[Finding]:
    """Return a finding for each programme paid by results whose figures raise two flags or more."""
    names = {str(r.get("id") or r.get("programme")): r for r in records(local.get("programmes"), "programmes")}
    out = []
    for row in records(local.get("integrity"), "integrity"):
        identity = str(row.get("programme") or row.get("id"))
        flags = [str(flag) for flag in flagged(row)]
        if row.get("payment", "results") != "results" or len(flags) < round(t["terms_flags"]):
            continue
        name = str(row.get("name") or names.get(identity, {}).get("name") or identity)
        out.append(
            Finding(
                AREA,
                "replace the terms",
                f"{name}: {len(flags)} checks of how its results were made raise a flag ({', '.join(flags)}). Replace the terms of payment"
                " by a result that somebody else verifies, that allows for how hard people are to help, and that asks for a least"
                " share of those with the highest need. A flag is a question to the provider, and no proof of wrong.",
                "A check of a random sample of its results by somebody else.",
                trace=(f"local:integrity:{identity}",),
                key=f"terms:{identity}",
                title=f"Terms of payment of {name}",
                flip=f"{len(flags) - round(t['terms_flags']) + 1} of the flags found to have a good reason",
            )
        )
    return out


def flagged(row: dict) -> list[str]:
    """Return the names of the checks of one programme that raise a flag."""
    checks = row.get("tests") or row.get("checks") or []
    if isinstance(checks, dict):
        checks = [{"test": name, **result} for name, result in checks.items() if isinstance(result, dict)]
    return [c.get("title") or c.get("test") or c.get("name") for c in checks if c.get("verdict") == "flag"]
