"""Area 4: test, grow, scale or step down, by what a programme is worth, how well that is known, and whom it reaches.

The records come from a locality's own pack, as `Evidence.local["programmes"]`. A record that the procedure can decide
on holds: id, name; benefit and benefit_sd (what it brings for one client, £) and sampling_sd (of a trial), all before the
haircut against optimism; level (1 to 5); clients (future clients); feasible_n (of a trial); trial_cost (£); break_even
(what it costs for one client, £: the benefit that covers it); integrity (passes, fails or not known); reach (1: those with the highest need enter as often
as others); statutory.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy import stats

from ..appraisal import enbs
from ..evidence import Evidence
from . import STATUSES, Finding, records

AREA = 4
WEAK = 3  # below this level no comparison bears the claim
POWER = 2.802  # 80% power at 5%, two-sided: 1.960 + 0.842
SAYS = {
    # what a design of each level may say: a weak one must not claim an effect
    1: "reported",
    2: "was followed by",
    3: "is consistent with",
    4: "led to",
    5: "led to",
}
ASKED = {
    "benefit": "what it brings for one client",
    "benefit_sd": "how sure that is",
    "level": "how it is known whether it works",
    "clients": "how many people it could still help",
    "sampling_sd": "how much results differ between people",
    "feasible_n": "how many people a fair test could take in",
    "trial_cost": "what a fair test would cost",
    "break_even": "the benefit for one person that would cover the cost",
    "reach": "how often people with the highest need get in",
}


@dataclass(frozen=True)
class Verdict:
    """What the procedure says of a programme, and the numbers that it decided on."""

    status: str
    chance: float  # that benefits exceed costs
    enbs: float  # what a trial would bring beyond its cost, £
    detectable: float  # the smallest effect that a trial could tell from none, £ a client
    why: str


def net(record: Mapping, t: Mapping) -> dict:
    """Return a record with mean and sd (net benefit for one client, £) and sampling_sd after the haircut on benefits.

    >>> gross = {"benefit": 500, "benefit_sd": 100, "sampling_sd": 900, "break_even": 300}
    >>> {k: net(gross, {"optimism_haircut": 0.2})[k] for k in ("mean", "sd", "sampling_sd")}
    {'mean': 100.0, 'sd': 80.0, 'sampling_sd': 720.0}
    """
    keep = 1 - t["optimism_haircut"]
    own = {"mean": keep * record["benefit"] - record["break_even"], "sd": keep * record["benefit_sd"]}
    return {**record, **own, "sampling_sd": keep * record["sampling_sd"]}


def decide(record: Mapping, t: Mapping) -> Verdict:
    """Return the verb for one programme. `record`: as `net` gives it; `t`: the thresholds.

    Below level 3 the spread is widened to sqrt(s² + m²), so that the chance never passes .84 and no weak design can
    scale or step down anything.

    >>> usual = {"mean": 300, "sd": 100, "level": 4, "clients": 500, "sampling_sd": 900, "feasible_n": 300,
    ...          "trial_cost": 60000, "break_even": 400, "integrity": "passes", "reach": 0.9, "statutory": False}
    >>> limits = {"programme_scale": 0.8, "programme_grow": 0.6, "programme_step_down": 0.2, "programme_reach": 0.8}
    >>> decide(usual, limits).status, decide(usual | {"level": 2}, limits).status
    ('scale', 'keep and monitor')
    """
    mean, level = float(record["mean"]), int(record["level"])
    strong = level >= WEAK
    sd = float(record["sd"]) if strong else math.hypot(float(record["sd"]), mean)
    chance = float(stats.norm.cdf(mean / sd)) if sd > 0 else float(mean > 0)
    n, spread = float(record["feasible_n"]), float(record["sampling_sd"])
    gain = enbs(mean, sd, spread, n, float(record["clients"]), float(record["trial_cost"]))
    detectable = POWER * spread / math.sqrt(n) if n > 0 else math.inf
    worth_testing = gain > 0

    def said(status: str, why: str) -> Verdict:
        return Verdict(status, chance, gain, detectable, why)

    if record["integrity"] == "fails":
        return said("fix the data first", "its figures fail the check of how they were made")
    if chance >= t["programme_scale"] and strong and not worth_testing:
        if record["reach"] >= t["programme_reach"]:
            return said("scale", "it is very likely worth its cost, and those with the highest need get in")
        return said(
            "grow and fix reach", "it is very likely worth its cost, but those with the highest need get in less"
        )
    if chance >= t["programme_grow"] and mean > 0:
        if strong:
            return said("grow", "it is likely worth its cost, on a fair comparison")
        if worth_testing:
            return said("grow as a test", "it may be worth its cost, and a fair test would bring more than it costs")
        return said("keep and monitor", "it may be worth its cost, but nothing shows it, and a test would not pay")
    if chance <= t["programme_step_down"] and strong and not worth_testing:
        if record.get("statutory"):
            return said("redesign", "it is unlikely to be worth its cost, and the law asks for it")
        return said("step down", "it is unlikely to be worth its cost, on a fair comparison")
    if worth_testing and detectable <= float(record["break_even"]):
        return said("test", "a fair test would bring more than it costs, and could tell")
    return said("hold", "nothing speaks clearly for growing it, for stepping it down or for a test")


def bottom_tenth(successes: float, expected: float, mean: float, strength: float) -> float:
    """Return the chance that a provider is truly in the bottom tenth, given the case mix of the people it had.

    `expected`: successes that its mix of people lets one expect; `mean` and `strength` of the gamma prior over
    providers (shrinkage.prior of successes on expected). Few people move the chance hardly from one in ten.

    >>> round(bottom_tenth(0, 1.5, 1.0, 12.0), 2), round(bottom_tenth(20, 60, 1.0, 12.0), 2)
    (0.18, 0.99)
    """
    prior = stats.gamma(mean * strength, scale=1 / strength)
    return float(stats.gamma(mean * strength + successes, scale=1 / (strength + expected)).cdf(prior.ppf(0.1)))


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return one finding a programme, and one a provider to talk with; "cannot say" where there are no records."""
    content = (getattr(e, "local", None) or {}).get("programmes")
    rows = [r for r in records(content, "programmes") if r.get("name") or r.get("id") or r.get("programme")]
    if not rows:
        return [_without_a_pack(e)]
    found = [_finding(row, thresholds) for row in rows]
    reviews = [r for r in records(content, "providers") if r.get("chance_bottom_tenth") is not None]
    found += [
        _conversation(r, thresholds) for r in reviews if r["chance_bottom_tenth"] >= thresholds["provider_review"]
    ]
    return found


def _without_a_pack(e: Evidence) -> Finding:
    return Finding(
        AREA,
        "cannot say",
        f"No programme in {e.name} publishes who took part, what changed for them, and what it cost. Public statistics"
        " cannot tell one programme's work from another's, so nothing here is a reason to scale one or to cut one.",
        "For each programme: how many people of each level of need were eligible, referred, enrolled and completed; what"
        " changed for them and for people like them who were not in it; and the cost of the year.",
        title="Programmes",
    )


def _pounds(value: float) -> str:
    return f"{'−' if value < 0 else ''}£{abs(value):,.0f}"


def _finding(row: Mapping, t: Mapping) -> Finding:
    identity = str(row.get("id") or row.get("programme"))
    name, fiction = str(row.get("name", identity)), "Fictional data. " if row.get("fictional") else ""
    usual = {"area": AREA, "key": f"programmes:{identity}", "title": name, "trace": (f"local:programmes:{identity}",)}
    missing = [words for key, words in ASKED.items() if row.get(key) is None or row[key] != row[key]]
    if missing and row.get("integrity") != "fails":
        why = row.get("withheld") or f"{len(missing)} of the {len(ASKED)} numbers that it asks for are not known"
        words = f"{fiction}{name}: the rule cannot be run, because {why}."
        return Finding(status="cannot say", words=words, settles=_sentence("; ".join(missing)), **usual)
    if row.get("integrity") == "fails":
        words = (
            f"{fiction}{name}: its figures fail the check of how they were made"
            f" ({row.get('integrity_why', 'see the panel on outcomes')}), so nothing is said of what it does."
        )
        settles = "An independent check of a random sample of its results."
        flip = "a check by somebody else that its figures pass"
        return Finding(status="fix the data first", words=words, settles=settles, flip=flip, **usual)
    row = net(row, t)
    verdict = decide(row, t)
    level = int(row["level"])
    words = (
        f"{fiction}{name}: {verdict.why}. For one client it {SAYS[level]} a net benefit of {_pounds(row['mean'])}, give or"
        f" take {_pounds(1.645 * row['sd'])} (nine in ten). The chance that benefits exceed costs is {verdict.chance:.0%}."
        f" The evidence is of level {level} of 5. {_worth_of_a_test(row, verdict)}"
    )
    if verdict.status in ("step down", "redesign"):
        words += f" Who would lose: {row.get('who_for') or 'not recorded, so ask first'}. A taper and a plan for where they go come before."
    return Finding(
        status=verdict.status,
        words=words,
        settles=_settles(level),
        level=level,
        flip=_flip(row, t, verdict),
        owner=str(row.get("owner") or row.get("funder") or "") or "no owner yet",
        money=tuple((lane, str(said)) for lane, said in dict(row.get("lanes") or {}).items()),
        **usual,
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _settles(level: int) -> str:
    if level < WEAK:
        return "A fair comparison: people in it beside people like them who are not."
    return "More people in the comparison, or costs and values of an outcome that are known better."


def _worth_of_a_test(row: Mapping, verdict: Verdict) -> str:
    people = f"A fair test of {row['feasible_n']:,.0f} people"
    if verdict.enbs > 0:
        return f"{people} would teach what is worth {_pounds(verdict.enbs)} more than it costs."
    return f"{people} would cost {_pounds(-verdict.enbs)} more than what it would teach is worth."


def _flip(row: Mapping, t: Mapping, verdict: Verdict) -> str:
    """Return the smallest change of the net benefit, in steps of a tenth of its spread, that changes the verb."""
    step = max(float(row["sd"]), 1.0) / 10
    for times in range(1, 61):
        for way in (-1, 1):
            moved = {**row, "mean": float(row["mean"]) + way * times * step}
            other = decide(moved, t).status
            if other != verdict.status:
                return f"a net benefit of {_pounds(moved['mean'])} for one client instead of {_pounds(row['mean'])}: then {STATUSES[other].lower()}"
    return "no change of the net benefit within six times its spread"


def _conversation(row: Mapping, t: Mapping) -> Finding:
    identity, name = str(row.get("id")), str(row.get("name") or row.get("id"))
    return Finding(
        AREA,
        "talk",
        f"{name}: after allowing for the people it worked with and for chance, the chance that it is among the tenth of"
        f" providers with the fewest outcomes is {row['chance_bottom_tenth']:.0%}. That is a reason to talk with it, and no verdict.",
        "What the provider says about whom it works with, and another year of figures.",
        trace=(f"local:programmes:{row.get('programme', identity)}",),
        key=f"programmes:provider-{identity}",
        title=name,
        flip=f"a chance below {t['provider_review']:.0%}, where it is {row['chance_bottom_tenth']:.0%}",
    )
