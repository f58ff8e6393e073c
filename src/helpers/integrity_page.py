"""Has paying for results bent a programme? The panel of checks, as a reader of the page on outcomes sees it."""

from __future__ import annotations

from . import casemix, charts_programmes, disclosure, tables
from .evidence import Evidence
from .programmes_words import fictional, signed
from .wording import Html, listed, paragraph, text

MARKS = {"flag": "◆ flag", "no sign": "● no sign", "cannot tell": "○ cannot tell"}
ASKS = {
    # check: (what it asks, the unit of its statistic, the question to the provider after a flag)
    "creaming_referred": (
        "Was help offered less to those who need it more?",
        "more need of those left out, in standard deviations",
        "How are people chosen for referral, and who decides?",
    ),
    "creaming_enrolled": (
        "Did those who need more help start less often?",
        "more need of those who did not start, in standard deviations",
        "Who was turned away or did not come, and what was done to reach them?",
    ),
    "creaming_completed": (
        "Did those who need more help finish less often?",
        "more need of those who left, in standard deviations",
        "Why do people leave, and what would keep those with most need?",
    ),
    "parking": (
        "Did those who need most gain less from it?",
        "more gain of those with least need, in standard deviations",
        "What do people with most need get, hour by hour, and what do others get?",
    ),
    "bunching": (
        "Do scores pile up just where payment begins?",
        "people just over the line for each one expected there",
        "Who writes the score down, and may we see those near the line measured again?",
    ),
    "heaping": (
        "Are scores rounded to fives and tens?",
        "Whipple's index; 100 is no rounding",
        "Are scores measured, or remembered and guessed?",
    ),
    "over_claiming": (
        "Do claims stand when somebody checks a random sample?",
        "checked claims that did not stand",
        "What was the proof for the claims that did not stand?",
    ),
    "attrition": (
        "How many have no measure afterwards?",
        "those who started",
        "What became of the people without a second measure?",
    ),
    "lost_need": (
        "Are those without a second measure the ones who need more?",
        "more need of those lost, in standard deviations",
        "How were people with most need followed up?",
    ),
    "at_cap": (
        "Do claims end just at the most that is paid for?",
        "claims, of the most that could be paid for",
        "Did more people reach the outcome than could be paid for? If so, may we see the list?",
    ),
}
PERCENT = ("over_claiming", "attrition", "at_cap")
HOW = (
    "A standard deviation is how far people usually lie from the average: 0.2 is a small difference, 0.8 a large one. A flag is a question to put to the provider, and no finding of wrongdoing. “No sign” means that a problem large enough to matter"
    " can be ruled out; “cannot tell” that it cannot, or that too little is known. If nothing were wrong with a programme, the chance"
    " of one flag or more would be at most 5 in 100 (Holm's adjustment over its checks; the check of the cap is a rule, and no test of"
    " chance). Methods: standardised differences with Hedges and Olkin's interval; a local test of four equal windows around the line;"
    " Whipple's index with Wilson's interval; Clopper and Pearson's exact interval for audits and for people lost."
)
TRIED = (
    # counted with tests/test_checks.py, seeds 0 to 99 and 10,000 to 10,199
    "How often would a check see a fault? Tried on made-up programmes in which about 1,100 people started: creaming, parking,"
    " bunching and over-claiming of the size planted in Northbeck were each found in 100 of 100 trials. Of half that size, creaming"
    " and over-claiming were found in 100 of 100, parking in 87, bunching in 78. With nothing planted, 12 of 200 trials raised a flag"
    " (6%; 95% interval 3% to 10%). With fewer people less is found, so “no sign” is not said where too little is known."
)


def integrity(e: Evidence) -> Html:
    """Return the panel of each programme, or what to supply for one."""
    rows = e.local.get("integrity", {}).get("rows", [])
    if not rows:
        return paragraph(
            f"Whether paying for results has bent a programme in {e.name} cannot be told: that needs who was eligible, referred, started"
            " and finished, scores before and after, and what an audit of claims found. None of it is published.",
            "hb-gap",
        )
    flagged = [row for row in rows if any(c["verdict"] == "flag" for c in row["checks"])]
    names = listed([row["name"] for row in flagged]) if flagged else ""
    lead = f"Checks raise a flag for {len(flagged)} of {len(rows)} programmes" + (f": {names}." if flagged else ".")
    panels = "".join(one(row) for row in rows)
    return Html(
        fictional(e)
        + f'<p class="hb-lead">{text(lead)}</p>'
        + panels
        + paragraph(HOW, "hb-source")
        + paragraph(TRIED, "hb-source")
    )


def one(row: dict) -> Html:
    """Return the panel of one programme. `row`: of helpers.integrity.results."""
    counts = {verdict: [c for c in row["checks"] if c["verdict"] == verdict] for verdict in MARKS}
    words = f"{len(row['checks'])} checks: {_times(counts['flag'], 'flag')}, {len(counts['no sign'])} without a sign, {len(counts['cannot tell'])} that cannot tell."
    if counts["flag"]:
        words += f" To ask about: {listed([c['title'].lower() for c in counts['flag']])}."
    set_by = {
        "commissioner": "the commissioner",
        "provider": "the provider",
        "both": "both sides",
        "national": "national rules",
    }
    if row["payment"] == "results":
        words += f" It is paid by results; the measure was chosen by {set_by.get(row['measure_set_by'], 'nobody knows whom')}."
    made = [c for c in row["checks"] if c["statistic"] is not None or c["verdict"] != "cannot tell"]
    body = [[f"{c['title']}. {ASKS[c['id']][0]}", MARKS[c["verdict"]], *found(c), _question(c)] for c in made]
    head = ["Check", "Verdict", "Found (95% interval)", "Which is", "Question to the provider"]
    table = tables.table(f"{row['name']}: checks", head, body, file=f"{row['programme']} checks") if made else ""
    table += _untested([c for c in row["checks"] if c not in made])
    title = f'<h3 id="checks-{text(row["programme"])}">{text(row["name"])}</h3>'
    return Html(title + paragraph(words) + table + _thirds(row) + _providers(row))


def _times(found_: list, word: str) -> str:
    return f"{len(found_)} {word}{'' if len(found_) == 1 else 's'}"


def _untested(checks: list[dict]) -> str:
    """Say which checks could not be made, each reason once: as loudly as those that could."""
    reasons: dict[str, list[str]] = {}
    for check in checks:
        reasons.setdefault(check["why"], []).append(check["title"].lower())
    said = "; ".join(f"{listed(titles)} ({why})" for why, titles in reasons.items())
    return paragraph(f"Could not be tested: {said}.", "hb-gap") if said else ""


def _question(check: dict) -> str:
    return ASKS[check["id"]][2] if check["verdict"] == "flag" else "–"


def found(check: dict) -> tuple[str, str]:
    """Return what a check found with its interval, and what the number is; or why there is none."""
    if check["statistic"] is None:
        return check["why"] or "not shown", ASKS[check["id"]][1]
    percent, digits = check["id"] in PERCENT, 0 if check["id"] == "heaping" else 1 if check["id"] in PERCENT else 2

    def plain(value: float) -> str:
        return f"{signed(value, digits)}{'%' if percent else ''}"

    limits = (
        "a full count, so no interval"
        if check["lower"] is None
        else f"{plain(check['lower'])} to {plain(check['upper'])}"
    )
    return f"{plain(check['statistic'])} ({limits})", ASKS[check["id"]][1]


def _thirds(row: dict) -> str:
    thirds = row["thirds"]
    if not thirds:
        return ""
    values = [
        {"label": f"Third with {t['need']} need", "low": t["lower"], "high": t["upper"], "value": t["shrunk"], "raw": t["raw"],
         "shown": f"{t['raw']:.1f} points, drawn in {t['shrunk']:.1f}"} for t in thirds
    ]  # fmt: skip
    least, most = thirds[0], thirds[2]
    apart = most["upper"] < least["lower"]
    caption = (
        f"People with most need gained less from it: {_points(most['raw'])}, against {_points(least['raw'])} for those with least"
        if apart
        else "What people gained from it does not clearly differ with their need"
    )
    note = "Hollow: as measured, beside people like them without the programme. Filled: drawn towards the mean of the thirds."
    chart = charts_programmes.ranges(
        values, "points, good is positive", caption, f"{caption}. {note}", raw="as measured"
    )
    head = ["Third by need", "People helped", "Gain, as measured", "Lower", "Upper", "Drawn towards the mean"]
    body = [
        [
            t["need"],
            disclosure.in_words(t["people"]),
            *(signed(t[k]) for k in ("raw", "lower", "upper", "shrunk")),
        ]
        for t in thirds
    ]
    table = tables.table(
        f"{row['name']}: gain by need", head, body, numeric=range(1, 6), file=f"{row['programme']} thirds"
    )
    return chart + paragraph(note, "hb-source") + f"<details><summary>Gain by need</summary>{table}</details>"


def _points(value: float) -> str:
    return f"{signed(value)} points"


def _providers(row: dict) -> str:
    own = row["providers"]
    shown = [p for p in own["rows"] if p["p_lowest"] is not None]
    if not shown:
        why = own["why"] or "all have too few people to show"
        return paragraph(f"Providers are not set beside one another: {why}.", "hb-gap") if own["why"] else ""
    talk = [p["name"] for p in shown if p["p_lowest"] >= casemix.CERTAIN]
    if talk:
        caption = f"After allowing for whom each one helped and for chance, a talk is due with {listed(talk)}"
    else:
        caption = "After allowing for whom each one helped and for chance, no provider stands out"
    values = [
        {"label": p["name"], "low": p["lower"], "high": p["upper"], "value": p["shrunk"], "raw": p["reached"],
         "shown": f"{p['shrunk']}% ({p['lower']}% to {p['upper']}%)"} for p in shown
    ]  # fmt: skip
    note = (
        "Filled, with its 95% interval: what it would reach with the people that all providers have. Hollow: the share that it reached"
        f" with its own. A talk is due where the chance of being in the lowest tenth is {casemix.CERTAIN:.0%} or more. By name, in no"
        " order of merit: on plain shares most of those at the bottom are there by chance."
    )
    chart = charts_programmes.ranges(
        values, "% with a good outcome", caption, f"{caption}. {note}", mark_at=None, raw="as it was"
    )
    body = [
        [p["name"], disclosure.in_words(p["people"]), *_numbers(p)] for p in own["rows"]
    ]  # fmt: skip
    head = ["Provider", "People", "Good outcomes, as they were", "Expected with its people", "Allowing for people and chance", "95% interval", "Chance of being in the lowest tenth"]  # fmt: skip
    table = tables.table(
        f"{row['name']}: providers", head, body, numeric=range(1, 7), file=f"{row['programme']} providers"
    )
    return chart + paragraph(note, "hb-source") + f"<details><summary>Providers in numbers</summary>{table}</details>"


def _numbers(provider: dict) -> list[str]:
    if provider["p_lowest"] is None:
        return ["not shown"] * 5
    raw = "not shown" if provider["reached"] is None else f"{provider['reached']:.0f}%"
    limits = f"{provider['lower']}% to {provider['upper']}%"
    return [raw, f"{provider['expected']}%", f"{provider['shrunk']}%", limits, f"{provider['p_lowest']:.0%}"]
