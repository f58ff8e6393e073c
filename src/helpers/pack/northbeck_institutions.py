"""The made-up place Northbeck: its organisations, what people said, its barriers. Nothing here is real.

`TRUTHS` says what the analyses must find in these tables, since it was put there.
"""

from __future__ import annotations

import numpy as np

SEED = 20260102

ORGANISATIONS = (
    # id, name, type, sector, reach, serves, offers, asked, answered
    ("beckside-hub", "Beckside Hub", "community centre", "community", 2400, "families", "meeting place", "yes"),
    (
        "northbeck-together",
        "Northbeck Together",
        "network of charities",
        "voluntary",
        1900,
        "families",
        "advice",
        "yes",
    ),
    ("gateway-services", "Gateway Services", "company", "private", 3100, "job seekers", "employment support", "yes"),
    ("council-families", "Council family help", "council team", "public", 1500, "families", "family support", "yes"),
    ("council-housing", "Council housing", "council team", "public", 1800, "tenants", "housing help", "yes"),
    ("health-centre", "Northbeck health centre", "general practice", "public", 9000, "patients", "health care", "yes"),
    ("mill-school", "Mill school", "primary school", "public", 420, "pupils", "schooling", "yes"),
    ("hill-school", "Hill school", "secondary school", "public", 900, "pupils", "schooling", "yes"),
    ("job-office", "Job office", "government office", "public", 2100, "job seekers", "benefits", "no"),
    ("debt-line", "Debt line", "charity", "voluntary", 600, "people in debt", "debt advice", "yes"),
    ("food-pantry", "Food pantry", "charity", "voluntary", 800, "people in debt", "food", "yes"),
    ("youth-project", "Youth project", "charity", "voluntary", 300, "young people", "youth work", "yes"),
    ("young-carers", "Young carers' circle", "charity", "voluntary", 45, "young carers", "respite", "yes"),
    ("mind-matters", "Mind matters", "charity", "voluntary", 350, "patients", "counselling", "yes"),
    ("mill-residents", "Mill residents", "residents' group", "community", 120, "tenants", "street events", "yes"),
    ("hill-residents", "Hill residents", "residents' group", "community", 90, "tenants", "street events", "yes"),
    ("parents-circle", "Parents' circle", "self-help group", "community", 60, "families", "playgroup", "yes"),
    ("garden-group", "Garden group", "club", "community", 70, "older people", "gardening", "yes"),
    ("beck-chapel", "Beck chapel", "place of worship", "faith", 200, "older people", "befriending", "yes"),
    ("little-steps", "Little steps", "nursery", "private", 80, "families", "child care", "no"),
    ("sports-club", "Sports club", "club", "community", 260, "young people", "sport", "yes"),
)
PARTNERS = {
    "beckside-hub": "mill-residents hill-residents parents-circle garden-group beck-chapel food-pantry council-families"
    " mill-school little-steps debt-line northbeck-together",
    "northbeck-together": "debt-line youth-project mind-matters sports-club council-housing health-centre hill-school"
    " council-families food-pantry mill-residents",
    "gateway-services": "job-office council-housing health-centre debt-line little-steps hill-school sports-club garden-group youth-project",
    "council-families": "mill-school hill-school",
    "health-centre": "mind-matters",
    "mill-residents": "hill-residents",
    "hill-school": "young-carers",
    "beck-chapel": "garden-group",
    "job-office": "council-housing",
}
SILENT = ("job-office", "little-steps")  # asked, and gave no answer
BACKBONES = ("beckside-hub", "northbeck-together")
MISTRUSTED = "gateway-services"  # stands between others as they do, and community groups do not trust it

TRUTHS = {
    "backbones": BACKBONES,
    "not_a_backbone": MISTRUSTED,
    "missing_bridge": ("young carers", "debt advice"),
    "no_missing_bridge": ("older people", "befriending"),
    "answered": 19,
    "asked": 21,
    "same_theme": 0.88,  # how often the second coder gives the theme that the first gave
    "people_nowhere_to_meet": 51,  # before rounding: 9 + 14 + 6 + 12 + 10
    "no_indicator": "last bus at six",
    "new_in_last_two_sessions": 0,
    "not_heard": 2,
    "actions": {
        "b01": "change locally",
        "b02": "waiver",
        "b03": "government",
        "b04": "keep",
        "b05": "find out",
        "b06": "done",
        "b07": "government",
        "b08": "change locally",
    },
    "absent": ("continuous communication",),
    "without_proof": ("shared measurement",),
}


def tables(seed: int = SEED) -> dict[str, list[dict]]:
    """Return the rows of organisations, ties, register, conditions, sessions, listening, not_heard and barriers."""
    random = np.random.default_rng(seed)
    sessions, listening = _said(random)
    return {
        "organisations": _organisations(),
        "ties": _ties(random),
        "register": _register(),
        "conditions": _conditions(),
        "sessions": sessions,
        "listening": listening,
        "not_heard": _not_heard(),
        "barriers": _barriers(),
    }


def _organisations() -> list[dict]:
    names = ("organisation", "name", "type", "sector", "reach", "serves", "offers", "asked")
    return [
        dict(zip(names, row[:7], strict=False))
        | {"asked": "yes", "answered": "no" if row[0] in SILENT else "yes", "postcode_district": "NB1"}
        for row in ORGANISATIONS
    ]


def _ties(random: np.random.Generator) -> list[dict]:
    """Ties of those in the middle are named by both sides, others in four of five cases; who did not answer names nobody."""
    sector = {row[0]: row[3] for row in ORGANISATIONS}
    out = []
    for one, partners in PARTNERS.items():
        for other in partners.split():
            sides = [(one, other), (other, one)]
            if random.random() > 0.8 and not {one, other} & {*BACKBONES, MISTRUSTED}:
                sides = sides[1:] if one in SILENT else sides[:1]
            for answers, named in [(a, b) for a, b in sides if a not in SILENT]:
                low, high = (4, 6) if named in BACKBONES else (2, 5)
                if named == MISTRUSTED:
                    low, high = (1, 3) if sector[answers] == "community" else (3, 6)
                out.append(
                    {
                        "organisation": answers,
                        "works_with": named,
                        "how_often": ("weekly", "monthly", "a few times a year")[random.integers(3)],
                        "trust": int(random.integers(low, high)),
                        "asked_on": f"2025-05-{12 + int(random.integers(15)):02d}",
                    }
                )
    return out


def _register() -> list[dict]:
    hub = "Help for all ages from birth to 19 under one roof"
    rows = (
        ("family hub", "Mill family hub", hub, "yes"),
        ("family hub", "Hill family hub", hub, "yes"),
        ("community anchor", "Beckside Hub", "Run by people who live here, and owns its building", "yes"),
        ("supporter team", "", "A team that stays with one family for as long as it takes", "no"),
        ("extended school", "", "A school that is open to families from 8 to 6", "unknown"),
    )
    return [
        {
            "kind": kind,
            "name": name,
            "definition": definition,
            "date": "2025-06-01",
            "status": status,
            "postcode_district": "NB1" if name else "",
            "source": "Made up",
        }
        for kind, name, definition, status in rows
    ]


def _conditions() -> list[dict]:
    rows = (
        ("common agenda", "evidenced", "Partnership plan of 2024, page 4"),
        ("shared measurement", "evidenced", ""),
        ("mutually reinforcing activities", "declared", "Said at the partners' meeting in May 2025"),
        ("continuous communication", "absent", "No meeting since January 2025"),
        ("backbone support", "declared", "Two organisations offer it"),
    )
    return [{"condition": c, "state": s, "evidence": e, "date": "2025-06-01"} for c, s, e in rows]


SESSIONS = (
    # date, place, method, people, who, consent
    ("2025-03-04", "Mill estate", "group conversation", 14, "parents of young children", "themes only"),
    ("2025-03-11", "Hill estate", "group conversation", 22, "tenants", "themes only"),
    ("2025-03-20", "Mill estate", "walk", 9, "young people", "themes and quotes"),
    ("2025-04-02", "town centre", "event", 38, "shoppers", "themes only"),
    ("2025-04-09", "Hill estate", "interview", 1, "carers", "themes only"),
    ("2025-04-10", "Hill estate", "interview", 1, "carers", "themes only"),
    ("2025-04-17", "Beck valley", "group conversation", 17, "older people", "themes only"),
    ("2025-05-06", "town centre", "group conversation", 12, "job seekers", "themes only"),
    ("2025-05-13", "Beck valley", "visit", 11, "older people", "none"),
    ("2025-05-20", "Mill estate", "group conversation", 16, "parents of young children", "themes only"),
    ("2025-06-03", "Hill estate", "group conversation", 19, "young people", "themes only"),
)
THEMES = {
    # theme: direction, indicator, what it says of it, {session: people}
    "nowhere to meet": ("need", "", "", {1: 9, 2: 14, 3: 6, 10: 12, 11: 10}),
    "last bus at six": ("need", "", "", {1: 4, 4: 21, 7: 11, 8: 9}),
    "forms too long": ("need", "rereferrals", "problem", {2: 8, 5: 1, 6: 1, 8: 10}),
    "school feels far": ("need", "persistent_absence", "problem", {3: 5, 11: 9}),
    "damp homes": ("need", "", "", {2: 12, 4: 9}),
    "neighbours look out": ("strength", "", "", {1: 8, 2: 9, 7: 13, 10: 9}),
    "people who will teach": ("strength", "", "", {4: 8, 7: 9}),
    "a key to the hall": ("help themselves", "", "", {1: 10, 3: 8, 10: 11}),
    "one person to ask": ("help themselves", "rereferrals", "problem", {2: 11, 8: 8}),
}
EXTRA = 9  # further passages on a theme in a session, said by fewer of the same people


def _said(random: np.random.Generator) -> tuple[list[dict], list[dict]]:
    """Each passage is read by two coders; the second gives another theme of the same direction now and then."""
    names = ("date", "place", "method", "people", "who", "consent")
    sessions = [{"session": f"s{n:02d}"} | dict(zip(names, row, strict=True)) for n, row in enumerate(SESSIONS, 1)]
    listening: list[dict] = []
    themes = list(THEMES)
    for number, session in enumerate(sessions, start=1):
        passage = 0
        for theme, (_, _, _, people) in THEMES.items():
            most = people.get(number, 0)
            for count in [most, *([1] * EXTRA)] if most > 1 else [most] * bool(most):
                passage += 1
                other = themes[int(random.integers(len(themes)))]
                same = random.random() < TRUTHS["same_theme"] or other == theme
                for coder, given in (("a", theme), ("b", theme if same else other)):
                    direction, indicator, says, _ = THEMES[given]
                    listening.append(
                        {
                            "session": session["session"],
                            "passage": f"{session['session']}-{passage}",
                            "theme": given,
                            "direction": direction,
                            "indicator": indicator,
                            "says": says,
                            "people": count,
                            "quote": f"Made up: words about {given}.",
                            "coder": coder,
                        }
                    )
    return sessions, listening


def _not_heard() -> list[dict]:
    return [
        {
            "who": "people who work nights",
            "why": "All sessions were in the daytime",
            "next_step": "A session at the depot by October 2025",
        },
        {"who": "people without a home", "why": "No session where they are", "next_step": ""},
    ]


def _barriers() -> list[dict]:
    rows = (
        # id, rule, owner, department, level, cases, hours, people, status, protects, next move, due
        ("b01", "Help ends on the day a child turns five", "Council", "none", "local", 34, 210, 29, "asked", "no", "Cabinet to decide", "2026-03-31"),
        ("b02", "A family must be referred anew for each service", "Government department for families", "Families", "guidance", 61, 400, 52, "found", "no", "Write for a waiver of a year", "2027-01-31"),
        ("b03", "Two budgets may not pay for one worker", "Government department for work", "Work", "law", 12, 90, 9, "found", "no", "Take it to the minister's office", "2029-04-30"),
        ("b04", "Parents must agree before notes are shared", "Parliament", "Justice", "law", 80, 300, 70, "kept", "yes", "Explain it in plain words", ""),
        ("b05", "Only a doctor's letter is accepted", "", "", "not known", 18, 40, 16, "found", "not known", "Find the rule in writing", ""),
        ("b06", "The hall may not open on Sundays", "Council", "none", "local", 10, 0, 10, "changed", "no", "Count who comes", "2025-09-01"),
        ("b07", "A year's wait before a second grant", "Government department for places", "Places", "regulation", 9, 30, 9, "refused", "no", "Ask with three other places", "2026-12-31"),
        ("b08", "Provider is paid only after 26 weeks", "Council", "none", "contract", 3, 20, 3, "found", "no", "Change it at the next tender", "2026-06-30"),
    )  # fmt: skip
    names = ("barrier", "rule", "owner", "department", "legal_level", "cases", "hours", "people", "status")
    names += ("protects_rights", "next_move", "due")
    return [
        dict(zip(names, row, strict=True))
        | {"link": "", "period": "2024-04-01/P1Y", "evidence": "Made-up log of the family hub"}
        for row in rows
    ]
